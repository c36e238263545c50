/// Why a server ends a conversation. `Protocol/ERRORS.md` is the table for people.
public enum ProtocolErrorCode: String, Sendable, Hashable, CaseIterable {
    /// A line that is not a message of the protocol.
    case malformed
    /// A line longer than the limit.
    case oversize
    /// A message that does not belong here in the conversation.
    case unexpected
    case unauthorized
    case unknownWorkspace = "unknown_workspace"
    /// The workspace has another log under the same name.
    case otherLog = "other_log"
    /// The vocabulary gives the user no part in this workspace.
    case forbidden
    case idle
    /// The server's disk or database failed; nothing unacknowledged was kept.
    case storage
    /// The server is stopping.
    case stopping

    /// What the other side should do.
    public var recovery: String {
        switch self {
        case .malformed: "mend the client; nothing of the line was recorded"
        case .oversize: "send shorter lines: welcome.limits says how long they may be"
        case .unexpected: "follow the conversation of the SPEC; reconnect"
        case .unauthorized: "sign in as another user or another way; ask who runs the server"
        case .unknownWorkspace: "check the name, or have it made where the server runs"
        case .otherLog: "stop and ask: the workspace was made anew, and this replica belongs to the old one"
        case .forbidden: "ask who runs the server for a role"
        case .idle: "reconnect"
        case .storage: "reconnect later; what was not acknowledged is still in the outbox"
        case .stopping: "reconnect later; nothing is lost"
        }
    }
}
