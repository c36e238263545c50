internal import AnnalsJSON

/// Reads the members of a change where they stand in a scanned line. What is not in the form of the SPEC it gives as nil: whoever
/// asks then reads the line with `EntryCodec`, which says what is wrong.
struct ChangeReader {
    let slices: UnsafeBufferPointer<JSONSlice>
    let line: UnsafeRawBufferPointer

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

    func head(_ place: Int) -> Head? {
        guard slices[place].kind == .object else { return nil }
        var (id, n, prev, base, at, operations) = (-1, -1, -1, -1, -1, -1)
        var members = JSONMembers(of: place, slices[place])
        while let member = members.next(in: slices) {
            guard let key = text(member.key) else { return nil }
            switch key.count {
            case 1 where key[0] == UInt8(ascii: "n"): n = member.value
            case 2 where is_("id", key): id = member.value
            case 2 where is_("at", key): at = member.value
            case 3 where is_("ops", key): operations = member.value
            case 3 where is_("why", key): guard slices[member.value].kind == .string else { return nil }
            case 4 where is_("prev", key): prev = member.value
            case 4 where is_("base", key): base = member.value
            case 6 where is_("undoes", key): guard change(member.value) != nil else { return nil }
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
            guard let key = text(member.key) else { return nil }
            switch key.count {
            case 2 where is_("op", key): found.op = member.value
            case 2 where is_("on", key): found.on = member.value
            case 2 where is_("id", key): found.id = member.value
            case 4 where is_("kind", key): found.kind = member.value
            case 5 where is_("field", key): found.field = member.value
            case 5 where is_("value", key): found.value = member.value
            case 6 where is_("fields", key): found.fields = member.value
            case 6 where is_("closes", key): found.closes = member.value
            case 8 where is_("elements", key): found.elements = member.value
            default: break
            }
        }
        return found
    }

    func action(_ members: Operation) -> OperationRecord.Action? {
        guard let word = text(members.op) else { return nil }
        switch word.count {
        case 3 where is_("set", word): return .set
        case 3 where is_("add", word): return .add
        case 4 where is_("code", word): return .code
        case 6 where is_("create", word): return .create
        case 6 where is_("append", word): return .append
        case 6 where is_("remove", word): return .remove
        case 7 where is_("retract", word): return members.field >= 0 || members.elements >= 0 ? .retractElements : .retract
        case 7 where is_("restore", word): return .restore
        case 7 where is_("resolve", word): return .resolve
        default: return nil
        }
    }

    // MARK: Values

    /// A string's bytes; nil where the place is none, holds something else, or the text has escapes, which no name has.
    @inline(__always)
    func text(_ place: Int) -> UnsafeRawBufferPointer? {
        guard place >= 0 else { return nil }
        let slice = slices[place]
        guard slice.kind == .string, slice.isPlain else { return nil }
        return UnsafeRawBufferPointer(rebasing: line[slice.content])
    }

    /// A value's bytes as they stand; nil where the place is none.
    @inline(__always)
    func raw(_ place: Int) -> UnsafeRawBufferPointer? {
        place < 0 ? nil : UnsafeRawBufferPointer(rebasing: line[slices[place].range])
    }

    /// The bytes of an author's or a replica's name.
    func name(_ place: Int) -> UnsafeRawBufferPointer? {
        guard let text = text(place), (1...64).contains(text.count), text.allSatisfy(Name.allows) else { return nil }
        return text
    }

    func item(_ place: Int) -> ItemID? { text(place).flatMap { ItemID(ascii: $0.bindMemory(to: UInt8.self)) } }

    private func change(_ place: Int) -> ChangeID? { text(place).flatMap { Base32.id($0.bindMemory(to: UInt8.self)) } }

    func integer(_ place: Int) -> Int64? {
        guard place >= 0, slices[place].kind == .integer else { return nil }
        var number: Int64 = 0
        for byte in line[slices[place].range] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int64(digit)
        }
        return number
    }

    func instant(_ place: Int) -> Int64? {
        text(place).flatMap { Instant(ascii: $0.bindMemory(to: UInt8.self))?.milliseconds }
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

    @inline(__always)
    private func is_(_ word: StaticString, _ text: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<text.count where text[index] != word.utf8Start[index] { return false }
        return true
    }
}
