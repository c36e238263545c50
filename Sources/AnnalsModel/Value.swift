/// A JSON value as Annals allows it: no floating point (decimals are strings of a fixed grammar), integers within ±(2^53−1).
///
/// Strings and keys compare by their UTF-8 bytes, never by canonical equivalence, so that two programs in two
/// languages agree; objects compare by members, whatever their order.
public indirect enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([Value])
    /// Members in ascending order of their keys' UTF-8 bytes, each key once: make it with ``object(_:)-(S)``.
    case members([Member])

    public struct Member: Sendable, Hashable {
        public let key: String
        public let value: Value

        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }

        public static func == (a: Member, b: Member) -> Bool {
            sameBytes(a.key, b.key) && a.value == b.value
        }

        public func hash(into hasher: inout Hasher) {
            hashBytes(of: key, into: &hasher)
            hasher.combine(value)
        }
    }

    /// An object of the given members; of a key given twice the last one stays.
    public static func object(_ members: some Sequence<(String, Value)>) -> Value {
        var sorted: [Member] = []
        for (key, value) in members {
            sorted.removeAll { sameBytes($0.key, key) }
            sorted.append(Member(key, value))
        }
        sorted.sort { precedes($0.key, $1.key) }
        return .members(sorted)
    }

    /// The member of an object with this key; nil where there is none or this is no object.
    public subscript(key: String) -> Value? {
        guard case .members(let members) = self else { return nil }
        return members.first { sameBytes($0.key, key) }?.value
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var array: [Value]? { if case .array(let values) = self { values } else { nil } }
    public var object: [Member]? { if case .members(let members) = self { members } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }
}

extension Value: Hashable {
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let x), .bool(let y)): x == y
        case (.integer(let x), .integer(let y)): x == y
        case (.string(let x), .string(let y)): sameBytes(x, y)
        case (.array(let x), .array(let y)): x == y
        case (.members(let x), .members(let y)): x == y
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number)
        case .string(let text): hashBytes(of: text, into: &hasher)
        case .array(let values): hasher.combine(values)
        case .members(let members): hasher.combine(members)
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self = .object(elements) }
}
