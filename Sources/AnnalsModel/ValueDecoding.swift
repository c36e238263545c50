public import AnnalsJSON

extension Value {
    /// The value that a slice of scanned bytes stands for.
    ///
    /// - Throws: ``JSONError`` `too_deep` or `duplicate_key`, which a scan would have found: bytes that were never scanned
    ///   make no value that breaks ``Value``'s promises.
    public init(decoding slice: JSONSlice, in bytes: RawSpan) throws(JSONError) {
        try self.init(slice, bytes, room: JSONScanner.greatestDepth)
    }

    private init(_ slice: JSONSlice, _ bytes: RawSpan, room: Int) throws(JSONError) {
        switch slice.kind {
        case .null:
            self = .null
        case .bool:
            self = .bool(slice.bool(in: bytes) ?? false)
        case .integer:
            self = .integer(slice.int64(in: bytes) ?? 0)
        case .string:
            self = .string(slice.string(in: bytes) ?? "")
        case .array:
            guard room > 0 else { throw JSONError(.tooDeep, at: slice.range.lowerBound) }
            var values: [Value] = []
            var elements = slice.elements
            while let element = elements.next(in: bytes) {
                values.append(try Value(element, bytes, room: room - 1))
            }
            self = .array(values)
        case .object:
            guard room > 0 else { throw JSONError(.tooDeep, at: slice.range.lowerBound) }
            var read: [Member] = []
            var isSorted = true
            var members = slice.members
            while let member = members.next(in: bytes) {
                let key = member.key.string(in: bytes) ?? ""
                if let last = read.last, !precedes(last.key, key) { isSorted = false }
                read.append(Member(key, try Value(member.value, bytes, room: room - 1)))
            }
            if !isSorted {
                read.sort { precedes($0.key, $1.key) }
                for (a, b) in zip(read, read.dropFirst()) where sameBytes(a.key, b.key) {
                    throw JSONError(.duplicateKey, at: slice.range.lowerBound)
                }
            }
            self = .members(read)
        }
    }
}
