/// Reads the lines of the workload for the peer, as a good C program would that knows what it reads: by places, with no copies.
///
/// The workload has no escapes and no blanks, so a value ends where its brackets close. What it gives are ranges of the bytes.
struct PeerLine {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The value of a member of the object that stands at `object`; empty where there is none.
    func member(_ name: StaticString, in object: Range<Int>) -> Range<Int> {
        var at = object.lowerBound + 1
        while at < object.upperBound - 1 {
            let keyEnd = string(at)
            let value = (keyEnd + 1)..<end(keyEnd + 1)
            if equals(name, (at + 1)..<(keyEnd - 1)) { return value }
            at = value.upperBound + 1
        }
        return 0..<0
    }

    /// Goes through the members of an object.
    func forEachMember(in object: Range<Int>, _ body: (_ key: Range<Int>, _ value: Range<Int>) throws -> Void) rethrows {
        var at = object.lowerBound + 1
        while at < object.upperBound - 1 {
            let keyEnd = string(at)
            let value = (keyEnd + 1)..<end(keyEnd + 1)
            try body((at + 1)..<(keyEnd - 1), value)
            at = value.upperBound + 1
        }
    }

    /// Goes through the elements of an array.
    func forEachElement(in array: Range<Int>, _ body: (Range<Int>) throws -> Void) rethrows {
        var at = array.lowerBound + 1
        while at < array.upperBound - 1 {
            let element = at..<end(at)
            try body(element)
            at = element.upperBound + 1
        }
    }

    /// What stands between a string's quotes.
    func text(_ string: Range<Int>) -> Range<Int> {
        string.count >= 2 ? (string.lowerBound + 1)..<(string.upperBound - 1) : string
    }

    func integer(_ range: Range<Int>) -> Int64 {
        var number: Int64 = 0
        for at in range { number = number &* 10 &+ Int64(bytes[at] &- UInt8(ascii: "0")) }
        return number
    }

    func equals(_ text: StaticString, _ range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
        for index in 0..<range.count where base[range.lowerBound + index] != text.utf8Start[index] { return false }
        return true
    }

    /// The offset after the string that begins at `at`.
    private func string(_ at: Int) -> Int {
        var at = at + 1
        while bytes[at] != UInt8(ascii: "\"") { at += 1 }
        return at + 1
    }

    /// The offset after the value that begins at `at`.
    private func end(_ at: Int) -> Int {
        var (at, depth) = (at, 0)
        while true {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at = string(at)
                if depth == 0 { return at }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return at }
                depth -= 1
                if depth == 0 { return at + 1 }
            case UInt8(ascii: ","):
                if depth == 0 { return at }
            default: break
            }
            at += 1
        }
    }
}
