import Annals
import AnnalsModel

/// How a replica stands, in words and in JSON.
enum StatusText {
    static func rows(_ status: ReplicaStatus, now: Instant, time: (Instant) -> String) -> [EntityText.Row] {
        let role = status.role.map { ", \($0.rawValue)" } ?? ""
        let workspace = status.workspace.map { "\($0)" } ?? "not named yet"
        var rows: [EntityText.Row] = [
            [("replica", .faint), (status.directory, nil)], [("you", .faint), ("\(status.user)\(role)", nil)],
            [("workspace", .faint), (workspace, nil)], [("server", .faint), (status.server ?? "none yet (annals sync URL)", nil)],
        ]
        let last = status.lastSync.map { "last sync \(age($0, now)) ago, \(time($0))" } ?? "never synced"
        rows.append([("record", .faint), ("entry \(status.have), \(last)", nil)])
        if status.received > status.have {
            rows.append([("arriving", .faint), ("\(status.received) entries are here; they show when the first copy is whole", nil)])
        }
        rows.append([("waiting", .faint), (waiting(status, now), status.waiting.isEmpty ? nil : .pending)])
        for change in status.refused {
            rows.append([("refused", .faint), ("@~\(change.n): \(words(change.state, server: status.server))", .alarm)])
        }
        let conflicts = status.openConflicts
        rows.append([("conflicts", .faint), (conflicts == 0 ? "none" : "\(conflicts) (annals conflicts)", conflicts == 0 ? nil : .alarm)])
        if let stop = status.stop { rows.append([("stopped", .faint), (stop.text, .alarm)]) }
        return rows
    }

    private static func waiting(_ status: ReplicaStatus, _ now: Instant) -> String {
        let changes = status.waiting
        guard let oldest = changes.map(\.written).min() else { return "nothing" }
        let states = [(ChangeState.sent, "sent"), (.accepted, "accepted")].compactMap { state, word in
            status.count(state) > 0 ? "\(status.count(state)) \(word)" : nil
        }
        let detail = (states + ["the oldest for \(age(oldest, now))"]).joined(separator: ", ")
        return "\(changes.count) change\(changes.count == 1 ? "" : "s") for a server (\(detail))"
    }

    /// How long ago, in one unit.
    static func age(_ instant: Instant, _ now: Instant) -> String {
        let seconds = max(0, (now.milliseconds - instant.milliseconds) / 1000)
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    static func members(_ status: ReplicaStatus) -> [(String, Value)] {
        func list(_ changes: [ReplicaStatus.Waiting]) -> Value {
            .array(
                changes.map { change in
                    .object(
                        [
                            ("change", .string(change.change.raw)), ("n", .integer(change.n)),
                            ("written", .string(change.written.description)),
                        ]
                            + Self.members(change.state))
                })
        }
        var members: [(String, Value)] = [
            ("directory", .string(status.directory)), ("user", .string(status.user.raw)), ("replica", .string(status.replica.raw)),
            ("seq", .integer(status.have)), ("received", .integer(status.received)), ("conflicts", .integer(Int64(status.openConflicts))),
            ("waiting", list(status.waiting)),
            ("refused", list(status.refused)),
        ]
        if let workspace = status.workspace { members.append(("workspace", .string(workspace.raw))) }
        if let server = status.server { members.append(("server", .string(server))) }
        if let role = status.role { members.append(("role", .string(role.rawValue))) }
        if let log = status.log { members.append(("log", .string(log))) }
        if let head = status.head { members.append(("head", .string(head.hex))) }
        if let last = status.lastSync { members.append(("last-sync", .string(last.description))) }
        if let stop = status.stop { members.append(("stopped", .string(stop.code))) }
        return members
    }

    /// What one change waits for.
    static func words(_ state: ChangeState, server: String?) -> String {
        switch state {
        case .queued: "queued: waits for the next sync" + (server.map { " with \($0)" } ?? " (no server is known yet: annals sync URL)")
        case .sent: "sent: waits for the server to say that it is on its disk"
        case .accepted: "accepted: the server has it; it is confirmed when it comes back in the log"
        case .confirmed(let seq): "confirmed as @\(seq)"
        case .refused(let code, let seq): "refused as @\(seq) (\(code)): kept here, without effect; record it anew as the rule asks"
        }
    }

    static func members(_ state: ChangeState) -> [(String, Value)] {
        switch state {
        case .queued: [("state", "queued")]
        case .sent: [("state", "sent")]
        case .accepted: [("state", "accepted")]
        case .confirmed(let seq): [("state", "confirmed"), ("seq", .integer(seq))]
        case .refused(let code, let seq): [("state", "refused"), ("code", .string(code)), ("seq", .integer(seq))]
        }
    }
}
