public import AnnalsModel

/// A point of the log.
public enum Point: Sendable, Hashable {
    /// Entry `seq`: everything up to it, and nothing pending.
    case seq(Int64)
    /// What the server had received by then.
    case received(Instant)
    /// What had been written by then by its authors' clocks, in the order of the log: not a prefix of it, for work that was written
    /// before and synced after counts.
    case written(Instant)

    /// Whether it is everything up to some entry.
    var isPrefix: Bool { if case .written = self { false } else { true } }

    /// Whether a change of the log belongs to it, where it lies in the stretch that the point reaches.
    func holds(_ change: Change?) -> Bool {
        guard case .written(let instant) = self else { return true }
        return change.map { $0.at <= instant } ?? false
    }
}
