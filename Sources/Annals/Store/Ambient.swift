internal import AnnalsModel
internal import Dispatch
internal import Glibc

/// The clock, the dice and what happens by itself, handed in so that tests are repeatable.
struct Ambient: Sendable {
    var now: @Sendable () -> Instant
    var random: @Sendable () -> UInt64
    /// Milliseconds that never go back: how long things take, which no result depends on.
    var uptime: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Has something done in so many milliseconds, beside all else.
    var later: @Sendable (_ milliseconds: Int, _ work: @escaping @Sendable () -> Void) -> Void = { milliseconds, work in
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: work)
    }

    static let system = Ambient(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        },
        random: { UInt64.random(in: .min ... .max) })

    func changeID() -> ChangeID { ChangeID(random: UInt16(truncatingIfNeeded: random()), random()) }

    /// A name for a replica file: `r` and 12 characters, 60 random bits, so that no two files meet.
    func replicaName() -> Name {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var rest = random()
        var text: [UInt8] = [UInt8(ascii: "r")]
        for _ in 0..<12 {
            text.append(digits[Int(rest & 31)])
            rest >>= 5
        }
        guard let name = Name(String(decoding: text, as: UTF8.self)) else {
            preconditionFailure("Crockford's digits are allowed in names")
        }
        return name
    }
}
