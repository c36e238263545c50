internal import AnnalsCore
internal import AnnalsModel

/// Reads the store off the loop and brings back what the core asked for.
struct LogReader: Sendable {
    let store: any LogStore
    let thread = WorkerThread(name: "annals-reader")
    /// Searches read the whole log: catching up does not wait behind them.
    let searches = WorkerThread(name: "annals-search")
    let deliver: @Sendable (ServerInput) -> Void

    func stretch(_ id: SessionID, _ workspace: Name, _ seq: Int64) {
        answer(id, on: thread) { .stretch(id, workspace: workspace, try store.stretch(of: workspace, holding: seq)) }
    }

    func hash(_ id: SessionID, _ workspace: Name, _ seq: Int64) {
        answer(id, on: thread) { .hash(id, workspace: workspace, seq: seq, try store.chainHash(of: workspace, at: seq)) }
    }

    func search(_ id: SessionID, _ workspace: Name, _ change: ChangeID) {
        answer(id, on: searches) { .searched(id, workspace: workspace, change, found: try store.holds(change, in: workspace)) }
    }

    private func answer(
        _ id: SessionID, on thread: WorkerThread, _ read: @escaping @Sendable () throws -> ServerInput
    ) {
        thread.perform {
            do {
                deliver(try read())
            } catch {
                deliver(.readFailed(id, detail: "\(error)"))
            }
        }
    }
}
