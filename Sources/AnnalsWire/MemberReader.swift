internal import AnnalsJSON
internal import AnnalsModel

/// Reads the members of an object, naming what is missing or of a wrong type.
struct MemberReader {
    let object: Value
    /// What the object is, for errors.
    let subject: String

    init(_ object: Value, _ subject: String) throws(CodecError) {
        guard object.object != nil else { throw CodecError("\(subject) is not an object") }
        self.object = object
        self.subject = subject
    }

    func wrong(_ name: String, _ expected: String) -> CodecError {
        CodecError("\(subject): \(name) must be \(expected)")
    }

    func optional(_ name: String) -> Value? { object[name] }

    func value(_ name: String) throws(CodecError) -> Value {
        guard let value = object[name] else { throw wrong(name, "there") }
        return value
    }

    func string(_ name: String) throws(CodecError) -> String {
        guard let text = object[name]?.string else { throw wrong(name, "a string") }
        return text
    }

    func integer(_ name: String) throws(CodecError) -> Int64 {
        guard let number = object[name]?.integer, number >= 0 else { throw wrong(name, "a whole number from 0") }
        return number
    }

    func flag(_ name: String) throws(CodecError) -> Bool {
        guard let value = object[name] else { return false }
        guard let flag = value.bool else { throw wrong(name, "true or false") }
        return flag
    }

    func name(_ name: String) throws(CodecError) -> Name {
        guard let value = object[name]?.string.flatMap({ Name($0) }) else {
            throw wrong(name, "1 to 64 of a-z 0-9 . _ ~ -")
        }
        return value
    }

    func instant(_ name: String) throws(CodecError) -> Instant {
        guard let value = object[name]?.string.flatMap({ Instant($0) }) else {
            throw wrong(name, "a time such as 2025-08-09T12:34:56.789Z")
        }
        return value
    }

    func digest(_ name: String) throws(CodecError) -> Digest {
        guard let value = object[name]?.string.flatMap({ Digest(hex: $0) }) else { throw wrong(name, "64 hex digits") }
        return value
    }

    func changeID(_ name: String) throws(CodecError) -> ChangeID {
        guard let value = object[name]?.string.flatMap({ ChangeID($0) }) else { throw wrong(name, "a change id") }
        return value
    }

    func item(_ name: String) throws(CodecError) -> ItemID {
        guard let value = object[name]?.string.flatMap({ ItemID($0) }) else { throw wrong(name, "an item id") }
        return value
    }

    func items(_ name: String) throws(CodecError) -> [ItemID] {
        guard let values = object[name]?.array else { throw wrong(name, "a list of item ids") }
        var items: [ItemID] = []
        for value in values {
            guard let item = value.string.flatMap({ ItemID($0) }) else { throw wrong(name, "a list of item ids") }
            items.append(item)
        }
        return items
    }

    /// The hash of a previous change: 16 hex digits, or "" for none.
    func previous(_ name: String) throws(CodecError) -> ShortHash? {
        let text = try string(name)
        if text.isEmpty { return nil }
        guard let hash = ShortHash(hex: text) else { throw wrong(name, "16 hex digits or empty") }
        return hash
    }

    /// `[seq, hash]`, the hash 16 hex digits or "" before any contact.
    func base(_ name: String) throws(CodecError) -> Base {
        guard let parts = object[name]?.array, parts.count == 2, let seq = parts[0].integer, seq >= 0,
            let text = parts[1].string, text.isEmpty || ShortHash(hex: text) != nil
        else { throw wrong(name, "[seq, 16 hex digits]") }
        return Base(seq: seq, hash: ShortHash(hex: text))
    }
}

extension Base {
    /// As it stands in a change and in an envelope.
    var value: Value { .array([.integer(seq), .string(hash?.hex ?? "")]) }
}

/// Reads one line as one object. How long it may be, its framer has said.
func parseObject(_ line: [UInt8], _ subject: String) throws(CodecError) -> MemberReader {
    var scanner = JSONScanner()
    return try parseObject(line.span.bytes, subject, with: &scanner)
}

/// Reads one line as one object. How long it may be, its framer has said.
func parseObject(_ line: RawSpan, _ subject: String, with scanner: inout JSONScanner) throws(CodecError) -> MemberReader {
    do throws(JSONError) {
        try scanner.scan(line)
    } catch {
        throw CodecError("\(subject): \(error)")
    }
    return try MemberReader(Value(of: scanner.tape, in: line), subject)
}
