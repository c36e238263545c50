/// One row of the table: contenders that do the same work by turns, and what must hold between them.
struct Row {
    /// The word for ROWS=.
    var name: String
    /// As the issue and the documentation call it.
    var title: String
    var contenders: [Contender]
    var targets: [Target]
    /// What a reader must know of the sizes and settings.
    var remark: String = ""
    /// Fewer or more runs than usual.
    var runs: Int?
    /// What ends when the row does.
    var finish: () -> Void = {}
}

/// Who does the work of a row.
struct Contender {
    var name: String
    /// The metric that the table shows first, and its unit.
    var metric: String
    var unit: String
    var run: () throws -> Metrics
}

/// What a row must reach.
struct Target {
    enum Check {
        /// ours[metric] / peer[peerMetric], taken run by run, is at least or at most so much.
        case ratio(_ ours: String, _ metric: String, of: String, _ peerMetric: String, atLeast: Double?, atMost: Double?)
        /// A figure of a contender is at most or at least so much, in the median of the runs.
        case figure(_ contender: String, _ metric: String, atLeast: Double?, atMost: Double?)
        /// Printed, and that is all.
        case published(_ contender: String, _ metric: String)
    }

    var text: String
    var check: Check

    static func atLeast(_ factor: Double, times peer: String, _ metric: String, ours: String = "Annals", words: String? = nil) -> Target {
        Target(
            text: words ?? "≥ \(factor) × \(peer)", check: .ratio(ours, metric, of: peer, metric, atLeast: factor, atMost: nil))
    }

    static func atMost(_ factor: Double, times peer: String, _ metric: String, ours: String = "Annals", words: String? = nil) -> Target {
        Target(text: words ?? "≤ \(factor) × \(peer)", check: .ratio(ours, metric, of: peer, metric, atLeast: nil, atMost: factor))
    }

    static func limit(_ most: Double, _ metric: String, _ text: String, of contender: String = "Annals") -> Target {
        Target(text: text, check: .figure(contender, metric, atLeast: nil, atMost: most))
    }

    static func floor(_ least: Double, _ metric: String, _ text: String, of contender: String = "Annals") -> Target {
        Target(text: text, check: .figure(contender, metric, atLeast: least, atMost: nil))
    }
}

/// How a target came out.
struct Verdict {
    enum Outcome: String {
        case met
        case notMet = "NOT MET"
        case notMeasured = "not measured"
        /// There was nothing to reach.
        case published
    }

    var target: Target
    var outcome: Outcome
    var measured: Samples?
    var isRatio: Bool
}
