internal import AnnalsJSON

/// Values among the fold's bytes, and a change's operations as ``Operands``.
extension FoldValue {
    /// The two states of existence have no bytes.
    static let present = FoldValue(start: -1, count: 0)
    static let retracted = FoldValue(start: -2, count: 0)
}

/// Reads values that were checked when they were taken in. One serves for many, for what it scans with is kept.
public struct ValueReader: ~Copyable, Sendable {
    private var scanner = JSONScanner(depth: JSONScanner.greatestDepth)

    /// One that has read nothing yet.
    public init() {}

    /// The value that these bytes are.
    public mutating func read(_ raw: UnsafeRawBufferPointer) -> Value {
        // Most are texts without escapes, which are spelt as they are.
        if raw.count >= 2, raw[0] == UInt8(ascii: "\""), raw[raw.count - 1] == UInt8(ascii: "\"") {
            let text = UnsafeRawBufferPointer(rebasing: raw[1..<raw.count - 1])
            if text.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") }) {
                return .string(String(decoding: text, as: UTF8.self))
            }
        }
        // Only bytes of a damaged file do not scan: `verify` finds them, and reading goes on.
        let bytes = raw.bytes
        guard (try? scanner.scan(bytes)) != nil else { return .null }
        return Value(of: scanner.tape, in: bytes)
    }
}

extension Fold {
    /// The value, read.
    func value(_ value: FoldValue) -> Value {
        var reader = ValueReader()
        return self.value(value, &reader)
    }

    /// The same, for who reads many.
    func value(_ value: FoldValue, _ reader: inout ValueReader) -> Value {
        if value == .present { return .string(Existence.present.rawValue) }
        if value == .retracted { return .string(Existence.retracted.rawValue) }
        return withBytes(value) { reader.read($0) }
    }

    /// A value's bytes as they were written, while `body` runs; none of existence's states.
    public func withBytes<Result>(_ value: FoldValue, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withElements { body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[value.range])) }
    }

    /// Whether two values are equal, in whatever way each was written.
    func isSame(_ a: FoldValue, _ b: FoldValue) -> Bool {
        if a == b { return true }
        guard a.start >= 0, b.start >= 0 else { return false }
        let isEqual = withBytes(a) { a in withBytes(b) { b in a.elementsEqual(b) } }
        // Texts without escapes are spelt in one way only.
        return isEqual || !(isPlainText(a) && isPlainText(b)) && value(a) == value(b)
    }

    private func isPlainText(_ value: FoldValue) -> Bool {
        withBytes(value) { $0.first == UInt8(ascii: "\"") && !$0.contains(UInt8(ascii: "\\")) }
    }

    /// Whether a value is JSON's null.
    func isNull(_ value: FoldValue) -> Bool { value.count == 4 && bytes[value.start] == UInt8(ascii: "n") }

    /// Keeps a value's bytes.
    @inline(__always)
    mutating func keep(_ raw: UnsafeRawBufferPointer) -> FoldValue {
        FoldValue(start: bytes.append(contentsOf: raw), count: Int32(raw.count))
    }

    mutating func keep(_ value: Value) -> FoldValue {
        value.canonicalBytes.withUnsafeBytes { keep($0) }
    }

    /// Takes an operation that was read before.
    mutating func take(_ operation: ChangeOperation, on id: ItemID) {
        var record = OperationRecord(action: .create, kind: names.number(of: operation.kind), target: id)
        if let field = operation.field { record.field = names.number(of: field) }
        switch operation.action {
        case .create(_, let fields):
            let first = operands.fields.count
            for member in fields {
                let (field, value) = (names.number(of: member.key), keep(member.value))
                operands.fields.append(FieldRecord(field: field, value: value))
            }
            record.fields = Stretch(first..<operands.fields.count)
        case .set(_, _, let value):
            (record.action, record.value) = (.set, keep(value))
        case .code(_, _, let value):
            (record.action, record.value) = (.code, keep(value))
        case .add(_, _, let value):
            (record.action, record.value) = (.add, keep(value))
        case .append(_, _, let value):
            (record.action, record.value) = (.append, keep(value))
        case .remove(_, _, let elements):
            (record.action, record.items) = (.remove, keep(elements))
        case .retractElements(_, _, let elements):
            (record.action, record.items) = (.retractElements, keep(elements))
        case .retract: record.action = .retract
        case .restore: record.action = .restore
        case .resolve(_, _, let value, let closes):
            (record.action, record.value, record.items) = (.resolve, keep(value), keep(closes))
        }
        operands.operations.append(record)
    }

    private mutating func keep(_ items: [ItemID]) -> Stretch {
        let first = operands.items.count
        for item in items { operands.items.append(item) }
        return Stretch(first..<operands.items.count)
    }
}
