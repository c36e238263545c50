internal import UV

/// Something that is done after a while, and planned once at a time.
final class Planned: Sendable {
    private let isPlanned = Locked(false)

    /// Has `body` done after so many milliseconds, unless that is planned already.
    func later(_ milliseconds: Int, _ ambient: Ambient, _ body: @escaping @Sendable () -> Void) {
        let wasPlanned = isPlanned.withLock { planned in
            defer { planned = true }
            return planned
        }
        if wasPlanned { return }
        ambient.later(milliseconds) { [self] in
            isPlanned.withLock { $0 = false }
            body()
        }
    }
}
