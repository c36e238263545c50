internal import AnnalsJSON
internal import AnnalsModel

/// An object's bytes with its members in the order of the SPEC, which is also the order in which a person reads them.
struct OrderedObject {
    private var writer = JSONWriter()

    init() { writer.beginObject() }

    /// What was written so far: without the closing brace.
    var bytes: [UInt8] { writer.bytes }

    /// - Precondition: `name` needs no escaping: it is a word of the protocol.
    mutating func add(_ name: StaticString, _ value: Value) {
        writer.key(name)
        value.write(to: &writer)
    }

    mutating func add(_ name: StaticString, _ value: Value?) {
        if let value { add(name, value) }
    }

    /// A member whose value is JSON already.
    mutating func add(_ name: StaticString, raw: [UInt8]) {
        writer.member(name, raw: raw)
    }

    consuming func finished() -> [UInt8] {
        writer.endObject()
        return writer.bytes
    }

    /// The object as a line of its own.
    consuming func line() -> [UInt8] {
        writer.endObject()
        writer.lineFeed()
        return writer.bytes
    }
}
