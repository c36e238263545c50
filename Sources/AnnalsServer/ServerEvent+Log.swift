internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import Logging

extension Logger {
    /// One line of the server's log: names and numbers, never an analyst's text.
    func record(_ event: ServerEvent) {
        switch event {
        case .signedIn(let id, let user, let agent):
            info("signed in", metadata: ["connection": "\(id)", "user": "\(user)", "agent": "\(printable(agent))"])
        case .opened(let id, let workspace, let user, let have, let seq):
            info(
                "opened",
                metadata: [
                    "connection": "\(id)", "workspace": "\(workspace)", "user": "\(user)", "have": "\(have)",
                    "seq": "\(seq)",
                ])
        case .refused(let id, let workspace, let replica, let n, let code):
            notice(
                "refused a change",
                metadata: [
                    "connection": "\(id)", "workspace": "\(workspace)", "replica": "\(replica)", "n": "\(n)",
                    "code": "\(code.rawValue)",
                ])
        case .stopped(let id, let workspace, let replica, let n, let code):
            warning(
                "takes no more changes",
                metadata: [
                    "connection": "\(id)", "workspace": "\(workspace)", "replica": "\(replica)", "n": "\(n)",
                    "code": "\(code.rawValue)",
                ])
        case .failed(let id, let code):
            warning("ended a conversation", metadata: ["connection": "\(id)", "code": "\(code)"])
        case .commitFailed(let detail):
            error("commit failed; nothing of it was acknowledged", metadata: ["detail": "\(detail)"])
        case .closed(let id):
            info("closed", metadata: ["connection": "\(id)"])
        }
    }

    /// A peer's own words, cut to what cannot disturb a terminal or a log.
    private func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).filter { $0.value >= 0x20 && $0.value < 0x7F }))
    }
}
