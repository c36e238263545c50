/// Why bytes are not what they should be: names members and rules, never a value.
public struct CodecError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
