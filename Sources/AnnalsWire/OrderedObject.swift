internal import AnnalsModel

/// An object's bytes with its members in the order of the SPEC, which is also the order in which a person reads them.
struct OrderedObject {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// - Precondition: `name` needs no escaping: it is a word of the protocol.
    mutating func add(_ name: StaticString, _ value: Value) {
        addName(name)
        bytes += value.canonicalBytes
    }

    mutating func add(_ name: StaticString, _ value: Value?) {
        if let value { add(name, value) }
    }

    /// A member whose value is JSON already.
    mutating func add(_ name: StaticString, raw: some Sequence<UInt8>) {
        addName(name)
        bytes += raw
    }

    private mutating func addName(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
