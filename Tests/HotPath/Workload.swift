import AnnalsModel
import AnnalsWire

/// Change lines of the real vocabulary, about 300 bytes each, the same ones in every run.
struct Workload {
    private var state: UInt64 = 20_250_809
    private var n: Int64 = 0
    private var last: ShortHash?
    private var event = ItemID(ChangeID(random: 0, 1), 1)

    init(lane: Int) { state &+= UInt64(lane) &* 0x9E37_79B9_7F4A_7C15 }

    /// The next so many lines, each ended by LF.
    mutating func lines(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count {
            n += 1
            let id = ChangeID(random: UInt16(truncatingIfNeeded: next()), next())
            let line = ChangeCodec.encode(
                Change(
                    id: id, n: n, prev: last, base: Base(seq: 0, hash: nil),
                    at: Instant(milliseconds: 1_754_700_000_000 + n * 977), why: n % 3 == 0 ? text(6) : nil,
                    operations: [operation(id)]))
            last = sha256(line).short
            bytes += line
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    private mutating func operation(_ id: ChangeID) -> ChangeOperation {
        switch n % 8 {
        case 1:
            event = ItemID(id, 1)
            return ChangeOperation(
                "event",
                .create(
                    id: nil,
                    fields: [.init("key", .string("E\(n)")), .init("summary", .string(text(12))), .init("title", .string(text(5)))]))
        case 2:
            return set("when", ["basis": "stated", "edtf": .string("2025-08-0\(1 + n % 9)")])
        case 3:
            return set("occurrence", "happened")
        case 4:
            return ChangeOperation("event", .add(on: event, field: "tags", value: .string(text(2))))
        case 5:
            return ChangeOperation(
                "event",
                .code(
                    on: event, field: "coding",
                    value: ["type": "CONSULT", "mode": ["visit"], "contexts": ["diplomatic", "territory"], "note": .string(text(8))]))
        case 6:
            return ChangeOperation(
                "event",
                .add(
                    on: event, field: "participations",
                    value: ["actor": .string(event.raw), "role": "source", "as-reported": .string(text(3)), "basis": "implied"]))
        case 7:
            return ChangeOperation(
                "note", .create(id: nil, fields: [.init("target", .string(event.raw)), .init("text", .string(text(16)))]))
        default:
            return set("place", ["text": .string(text(2))])
        }
    }

    private func set(_ field: String, _ value: Value) -> ChangeOperation {
        ChangeOperation("event", .set(on: event, field: field, value: value))
    }

    private static let words = [
        "ministers", "of", "foreign", "affairs", "initialed", "the", "draft", "agreement", "on", "peace", "and", "transit",
        "in", "Ереван", "\"corridor\"", "border", "delegation", "émissaires", "talks", "yesterday",
    ]

    private mutating func text(_ count: Int) -> String {
        (0..<count).map { _ in Self.words[Int(next() % UInt64(Self.words.count))] }.joined(separator: " ")
    }

    /// splitmix64 (Steele et al. 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
