internal import AnnalsJSON

/// Reads a plain entry where it stands in a scanned line. What is not in the form of the SPEC it gives as nil: whoever asks then
/// reads the line with `EntryCodec`, which says what is wrong.
struct ChangeReader {
    let slices: UnsafeBufferPointer<JSONSlice>
    let line: UnsafeRawBufferPointer

    /// The places of an entry's members.
    struct Envelope {
        var author: Int
        var replica: Int
        var change: Int
    }

    /// The change's own members.
    struct Head {
        var id: ChangeID
        var n: Int64
        var prev: ShortHash?
        var base: Int64
        /// Milliseconds.
        var at: Int64
        /// The place of the list.
        var operations: Int
    }

    /// The places of an operation's members; -1 where it has none.
    struct Operation {
        var op = -1
        var kind = -1
        var id = -1
        var on = -1
        var field = -1
        var value = -1
        var elements = -1
        var closes = -1
        var fields = -1
    }

    /// nil for a refusal too, for a moved change, one from a fork, and what a later version says: seldom.
    func envelope(seq: Int64) -> Envelope? {
        // All values of a line are within its first, so what was scanned is within the line, and nothing below is asked again.
        guard slices.count > 0, slices[0].kind == .object, slices[0].range.upperBound <= line.count else { return nil }
        var (number, at, author, replica, change) = (-1, -1, -1, -1, -1)
        var members = JSONMembers(of: 0, slices[0])
        while let member = members.next(in: slices) {
            switch key(member.key) {
            case "seq": number = member.value
            case "at": at = member.value
            case "author": author = member.value
            case "replica": replica = member.value
            case "change": change = member.value
            default: return nil
            }
        }
        guard integer(number) == seq, let time = text(at), Instant.isSpelled(time), author >= 0, replica >= 0, change >= 0
        else { return nil }
        return Envelope(author: author, replica: replica, change: change)
    }

    func head(_ place: Int) -> Head? {
        guard slices[place].kind == .object else { return nil }
        var (id, n, prev, base, at, operations) = (-1, -1, -1, -1, -1, -1)
        var members = JSONMembers(of: place, slices[place])
        while let member = members.next(in: slices) {
            guard let key = key(member.key) else { return nil }
            switch key {
            case "id": id = member.value
            case "n": n = member.value
            case "prev": prev = member.value
            case "base": base = member.value
            case "at": at = member.value
            case "ops": operations = member.value
            case "why": guard slices[member.value].kind == .string else { return nil }
            case "undoes": guard change(member.value) != nil else { return nil }
            default: break
            }
        }
        guard let change = change(id), let number = integer(n), number > 0, let previous = text(prev), let seq = base_(base),
            let written = instant(at), operations >= 0, slices[operations].kind == .array
        else { return nil }
        let hash = previous.isEmpty ? nil : hexWord(previous.bindMemory(to: UInt8.self)).map { ShortHash(word: $0) }
        guard previous.isEmpty || hash != nil else { return nil }
        return Head(id: change, n: number, prev: hash, base: seq, at: written, operations: operations)
    }

    func operation(_ place: Int) -> Operation? {
        guard slices[place].kind == .object else { return nil }
        var found = Operation()
        var members = JSONMembers(of: place, slices[place])
        while let member = members.next(in: slices) {
            guard let key = key(member.key) else { return nil }
            switch key {
            case "op": found.op = member.value
            case "kind": found.kind = member.value
            case "on": found.on = member.value
            case "field": found.field = member.value
            case "value": found.value = member.value
            case "fields": found.fields = member.value
            case "id": found.id = member.value
            case "closes": found.closes = member.value
            case "elements": found.elements = member.value
            default: break
            }
        }
        return found
    }

    func action(_ members: Operation) -> OperationRecord.Action? {
        guard members.op >= 0, let word = key(members.op) else { return nil }
        switch word {
        case "set": return .set
        case "add": return .add
        case "code": return .code
        case "create": return .create
        case "append": return .append
        case "remove": return .remove
        case "retract": return members.field >= 0 || members.elements >= 0 ? .retractElements : .retract
        case "restore": return .restore
        case "resolve": return .resolve
        default: return nil
        }
    }

    // MARK: Values

    /// A string's bytes; nil where the place is none, holds something else, or the text has escapes, which no name has.
    @inline(__always)
    func text(_ place: Int) -> UnsafeRawBufferPointer? {
        guard place >= 0, let range = slices[place].plainText else { return nil }
        return UnsafeRawBufferPointer(rebasing: line[range])
    }

    /// A value's bytes as they stand; nil where the place is none.
    @inline(__always)
    func raw(_ place: Int) -> UnsafeRawBufferPointer? {
        place < 0 ? nil : UnsafeRawBufferPointer(rebasing: line[slices[place].range])
    }

    /// A key or another string, as a word of up to eight bytes; nil where it has escapes, or is none.
    @inline(__always)
    private func key(_ place: Int) -> ShortWord? {
        guard let range = slices[place].plainText else { return nil }
        return ShortWord(line, range)
    }

    /// A string as a name and as its bytes; nil where ``text(_:)`` is.
    @inline(__always)
    func name(_ place: Int) -> (packed: PackedName, text: UnsafeRawBufferPointer)? {
        guard place >= 0, let range = slices[place].plainText else { return nil }
        return (PackedName(line, range), UnsafeRawBufferPointer(rebasing: line[range]))
    }

    func item(_ place: Int) -> ItemID? { text(place).flatMap { ItemID(ascii: $0.bindMemory(to: UInt8.self)) } }

    private func change(_ place: Int) -> ChangeID? { text(place).flatMap { Base32.id($0.bindMemory(to: UInt8.self)) } }

    func integer(_ place: Int) -> Int64? {
        guard place >= 0, slices[place].kind == .integer else { return nil }
        let range = slices[place].range
        var (number, at): (Int64, Int) = (0, range.lowerBound)
        while at < range.upperBound {
            // Only a negative number has anything but digits, which the scanner counted.
            let digit = line[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int64(digit)
            at &+= 1
        }
        return number
    }

    func instant(_ place: Int) -> Int64? {
        text(place).flatMap { Instant(text: $0)?.milliseconds }
    }

    /// The seq of `[seq, hash]`.
    private func base_(_ place: Int) -> Int64? {
        guard place >= 0, slices[place].kind == .array else { return nil }
        var parts = JSONElements(of: place, slices[place])
        guard let first = parts.next(in: slices), let second = parts.next(in: slices), parts.next(in: slices) == nil,
            let seq = integer(first), let hash = text(second), hash.isEmpty || hexWord(hash.bindMemory(to: UInt8.self)) != nil
        else { return nil }
        return seq
    }
}
