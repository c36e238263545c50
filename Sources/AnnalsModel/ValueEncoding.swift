public import AnnalsJSON

extension Value {
    /// Writes the value in its one canonical form: no blanks, members by their keys' bytes, the fewest escapes.
    ///
    /// Integers are written as they are; one beyond ±(2^53−1) makes bytes that no scanner of the protocol takes.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null:
            writer.null()
        case .bool(let flag):
            writer.bool(flag)
        case .integer(let number):
            writer.integer(number)
        case .string(let text):
            writer.string(text)
        case .array(let values):
            writer.beginArray()
            for value in values { value.write(to: &writer) }
            writer.endArray()
        case .members(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.key)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }

    /// The canonical form: equal values give equal bytes.
    public var canonicalBytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}
