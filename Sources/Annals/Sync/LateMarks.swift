internal import AnnalsCore
internal import AnnalsModel

/// What is to be noted in the outbox of changes that were sent or accepted, kept for a moment.
///
/// Mostly the stream brings a change right after its acknowledgement and takes it out of the outbox, so that nothing is left to
/// note: two transactions fewer for each change, in which others would not wait to write.
struct LateMarks: Sendable {
    /// How long a mark waits to become needless.
    static let delayMilliseconds: UInt64 = 20

    struct Mark: Sendable, Equatable {
        var replica: Name
        /// All up to this number.
        var n: Int64
        var state: PendingState
    }

    private var marks: [Mark] = []

    var isEmpty: Bool { marks.isEmpty }

    /// Notes that the changes of this replica id up to n have got so far.
    mutating func note(_ mark: Mark) {
        marks.removeAll { $0.replica == mark.replica && $0.state == mark.state && $0.n <= mark.n }
        marks.append(mark)
    }

    /// The stream has brought these: their changes are out of the outbox.
    mutating func settled(_ through: [Name: Int64]) {
        marks.removeAll { mark in through[mark.replica].map { mark.n <= $0 } ?? false }
    }

    /// What is to be noted now, in the order in which it came.
    mutating func take() -> [Mark] {
        defer { marks = [] }
        return marks
    }
}
