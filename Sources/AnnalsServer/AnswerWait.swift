/// How long the loop looks out for the writer's answer to a lone change, and for what its peer says next.
///
/// To be woken takes the loop as long as a fast disk takes for the change. A slow disk's answer is slept for: it goes by what the answers
/// before took.
struct AnswerWait: Sendable {
    /// The longest that the loop ever looks out for an answer; disks that usually take longer are slept for.
    static let microsecondsMax: UInt64 = 400
    /// How long it looks out for the peer that has just been answered: as long as a quick one takes to go on.
    static let nextMicroseconds: UInt64 = 40

    /// What an answer usually takes. At first, what most disks that keep up with a lone change take.
    private var usualMicroseconds: UInt64 = 100

    /// How long to look out for the next answer; nil where that is not worth it.
    var microseconds: UInt64? {
        usualMicroseconds <= Self.microsecondsMax ? min(2 * usualMicroseconds, Self.microsecondsMax) : nil
    }

    /// Takes what an answer took. Each counts for an eighth, and none for more than it takes to give up on its kind.
    mutating func took(microseconds: UInt64) {
        usualMicroseconds = (7 * usualMicroseconds + min(microseconds, 8 * Self.microsecondsMax)) / 8
    }
}
