internal import AnnalsCore
internal import AnnalsModel

/// The dedicated writer thread: one transaction at a time, and the word back to the loop when it is on disk.
struct LogWriter: Sendable {
    let store: any LogStore
    let thread = WorkerThread(name: "annals-writer", linger: .microseconds(150))
    let deliver: @Sendable (ServerInput) -> Void

    /// A group of up to so many changes has its peers wait for the thread rather than for a processor.
    private static let loneMax = 2

    /// - Returns: whether it is a lone change, whose answer comes as soon as the disk has it.
    func append(_ groups: [UnchainedGroup]) -> Bool {
        let isLone = groups.count == 1 && groups[0].log.count <= Self.loneMax
        thread.perform(lingers: isLone) {
            let chained = groups.map { $0.chained() }
            do {
                try store.append(chained.map(\.group))
                deliver(.committed(heads: chained.map(\.heads)))
            } catch {
                recover("\(error)")
            }
        }
        return isLone
    }

    /// Tries again to open a store that could not be opened after a failed commit.
    func reopen() {
        thread.perform { recover("the store was closed") }
    }

    /// Nothing of the groups was kept: open the store anew and say what is really there.
    private func recover(_ detail: String) {
        do {
            try store.reopen()
            let heads = try store.workspaces().compactMap { try store.head(of: $0) }
            deliver(.commitFailed(detail: detail, heads: heads))
        } catch {
            // The store cannot even be read: the core takes nothing until it can, and asks again with each tick.
            deliver(.commitFailed(detail: "\(detail); reopening failed: \(error)", heads: []))
        }
    }
}
