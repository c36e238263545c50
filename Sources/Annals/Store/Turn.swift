/// A transaction's right to go on while nobody else waits to write.
final class Turn {
    /// Somebody waits, and the transaction is not to go on: it is rolled back, and its work is divided.
    struct Over: Error {}

    /// Whether it may be ended before it is done.
    let mayEnd: Bool
    private let isWanted: () -> Bool
    private var countdown = Turn.stepsBetweenLooks
    private(set) var wasWanted = false

    /// Steps are of some ten microseconds, a look costs two system calls: somebody who waits is seen after a few milliseconds.
    private static let stepsBetweenLooks = 100

    init(mayEnd: Bool, isWanted: @escaping () -> Bool) {
        self.mayEnd = mayEnd
        self.isWanted = isWanted
    }

    /// One that nothing ends.
    static var unlimited: Turn { Turn(mayEnd: false) { false } }

    /// Asked after each small piece of work.
    func step(_ steps: Int = 1) throws(Over) {
        guard mayEnd else { return }
        countdown -= steps
        guard countdown <= 0 else { return }
        countdown = Self.stepsBetweenLooks
        look()
        if wasWanted { throw Over() }
    }

    /// Notes whether somebody waits.
    func look() {
        if !wasWanted { wasWanted = isWanted() }
    }
}
