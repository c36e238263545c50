public import AnnalsModel

/// A point of the log.
public enum Point: Sendable, Hashable {
    /// Entry `seq`: everything up to it, and nothing pending.
    case seq(Int64)
    /// What the server had received by then.
    case received(Instant)
}
