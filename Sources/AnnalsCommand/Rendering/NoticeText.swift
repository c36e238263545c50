import Annals
import AnnalsModel

/// A write that shows nowhere, or beside a lock, in words and as JSON.
struct NoticeText {
    let desk: Desk

    func lines(_ notice: Notice) throws -> [String] {
        let title = "\(Console.paint("\(notice.handle).\(notice.field)", .handle))  \(DisplayText.safe(notice.label ?? ""))"
        return [title] + Console.paint.table(try rows(notice), columns: Console.columns, clip: false, indent: 2)
    }

    private func rows(_ notice: Notice) throws -> [EntityText.Row] {
        let source = desk.entityText.source(notice.stamp, seen: notice.stamp.base)
        let because: [EntityText.Row] =
            try desk.reason(notice.stamp).map { [[("", nil), ("because: " + DisplayText.safe($0), .faint)]] } ?? []
        switch notice.outcome {
        case .overwritten(let value, let shown):
            let type = desk.vocabulary.field(notice.field, of: notice.kind)?.type
            func text(_ value: Value) -> String { DisplayText.clipped(desk.values.text(value, type), to: 160) }
            return [[("overwritten", .faint), ("\(text(value))  — \(source)", nil)]] + because + [
                [("shown", .faint), ("\(text(shown.value))  — \(desk.entityText.source(shown.stamp, seen: shown.stamp.base))", .strong)]
            ]
        case .ignored(let reason):
            return [[("no effect", .faint), ("\(reason.rawValue)  — \(source)", nil)]] + because
        case .besideLock(let lock):
            return [[("written", .faint), ("without having seen the lock  — \(source)", nil)]] + because + [
                [("locked", .faint), ("without having seen that  — \(desk.entityText.source(lock.stamp, seen: lock.stamp.base))", .strong)]
            ]
        }
    }

    func json(_ notice: Notice) throws -> Value {
        var members: [(String, Value)] = [
            ("handle", .string(notice.handle)), ("id", .string(notice.item.raw)), ("field", .string(notice.field)),
            ("write", .string(notice.stamp.id.raw)), ("base", .integer(notice.stamp.base)),
        ]
        members += desk.entityJSON.stamp(notice.stamp)
        if let why = try desk.reason(notice.stamp) { members.append(("why", .string(why))) }
        switch notice.outcome {
        case .overwritten(let value, let shown):
            members += [("outcome", "overwritten"), ("value", value), ("shown", try desk.entityJSON.side(shown))]
        case .ignored(let reason):
            members += [("outcome", "ignored"), ("reason", .string(reason.rawValue))]
        case .besideLock(let lock):
            members += [("outcome", "beside-lock"), ("lock", try desk.entityJSON.side(lock))]
        }
        return .object(members)
    }
}
