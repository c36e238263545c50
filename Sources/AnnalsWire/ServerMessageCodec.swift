internal import AnnalsModel

/// A server's messages as lines. `encode` ends the line; `decode` takes it without its LF.
public enum ServerMessageCodec {
    public static func encode(_ message: ServerMessage) -> [UInt8] {
        var object = OrderedObject()
        switch message {
        case .welcome(let welcome):
            object.add("type", "welcome")
            object.add("protocol", .integer(welcome.version))
            object.add("server", .string(welcome.server))
            object.add("nonce", .string(welcome.nonce))
            object.add("limits", .object(welcome.limits.map { ($0.key, .integer($0.value)) }))
        case .unsupported(let protocols):
            object.add("type", "unsupported")
            object.add("protocols", .array(protocols.map(Value.integer)))
        case .ready(let user):
            object.add("type", "ready")
            object.add("user", .string(user.raw))
        case .opened(let opened):
            object.add("type", "opened")
            object.add("ws", .string(opened.workspace.raw))
            object.add("log", .string(opened.log))
            object.add("epoch", .integer(opened.epoch))
            object.add("seq", .integer(opened.seq))
            object.add("head", .string(opened.head.hex))
            object.add("role", .string(opened.role.rawValue))
            object.add("common", opened.common.map { .string($0.hex) })
            object.add(
                "last",
                .object(opened.last.map { ($0.key.raw, .array([.integer($0.value.n), .string($0.value.hash.hex)])) }))
        case .entries(let workspace, let first, let count):
            object.add("type", "entries")
            object.add("ws", .string(workspace.raw))
            object.add("first", .integer(first))
            object.add("count", .integer(count))
        case .checkpoint(let checkpoint):
            // Signed elsewhere; encoded here only to be shown again.
            object.add("type", "checkpoint")
            object.add("ws", .string(checkpoint.workspace.raw))
            object.add("log", .string(checkpoint.log))
            object.add("epoch", .integer(checkpoint.epoch))
            object.add("seq", .integer(checkpoint.seq))
            object.add("head", .string(checkpoint.head.hex))
            object.add("at", .string(checkpoint.at.description))
            object.add("sig", .string(checkpoint.signature))
        case .caughtUp(let workspace, let seq):
            object.add("type", "caughtUp")
            object.add("ws", .string(workspace.raw))
            object.add("seq", .integer(seq))
        case .ack(let workspace, let replica, let n, let seq):
            return ack(workspace, replica, n, seq)
        case .refused(let workspace, let replica, let n, let code, let detail):
            about(workspace, replica, n, "refused", &object)
            object.add("code", .string(code))
            object.add("detail", .string(detail))
        case .known(let workspace, let replica, let n):
            about(workspace, replica, n, "known", &object)
        case .stopped(let workspace, let replica, let n, let code):
            about(workspace, replica, n, "stopped", &object)
            object.add("code", .string(code.rawValue))
        case .error(let code, let detail, let recovery):
            object.add("type", "error")
            object.add("code", .string(code))
            object.add("detail", .string(detail))
            object.add("recovery", .string(recovery))
        case .ping: object.add("type", "ping")
        case .pong: object.add("type", "pong")
        }
        return object.line()
    }

    /// Put together by hand: where each change is pushed by itself, each has one. Names need no escapes.
    private static func ack(_ workspace: Name, _ replica: Name, _ n: Int64, _ seq: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96 + workspace.raw.utf8.count + replica.raw.utf8.count)
        bytes.append("{\"type\":\"ack\",\"ws\":\"")
        bytes.append(contentsOf: workspace.raw.utf8)
        bytes.append("\",\"replica\":\"")
        bytes.append(contentsOf: replica.raw.utf8)
        bytes.append("\",\"n\":")
        bytes.appendDecimal(n)
        bytes.append(",\"seq\":")
        bytes.appendDecimal(seq)
        bytes.append("}\n")
        return bytes
    }

    private static func about(_ workspace: Name, _ replica: Name, _ n: Int64, _ type: Value, _ object: inout OrderedObject) {
        object.add("type", type)
        object.add("ws", .string(workspace.raw))
        object.add("replica", .string(replica.raw))
        object.add("n", .integer(n))
    }

    public static func decode(_ line: [UInt8]) throws(CodecError) -> ServerMessage {
        let reader = try parseObject(line, "message")
        let type = try reader.string("type")
        switch type {
        case "welcome":
            let limits = (reader.optional("limits")?.object ?? []).compactMap { member in
                member.value.integer.map { (member.key, $0) }
            }
            return .welcome(
                .init(
                    version: try reader.integer("protocol"), server: try reader.string("server"),
                    nonce: try reader.string("nonce"), limits: Dictionary(limits) { $1 }))
        case "unsupported":
            return .unsupported(protocols: (reader.optional("protocols")?.array ?? []).compactMap(\.integer))
        case "ready": return .ready(user: try reader.name("user"))
        case "opened": return .opened(try opened(reader))
        case "entries":
            return .entries(
                workspace: try reader.name("ws"), first: try reader.integer("first"), count: try reader.integer("count"))
        case "checkpoint": return .checkpoint(try CheckpointCodec.checkpoint(reader))
        case "caughtUp": return .caughtUp(workspace: try reader.name("ws"), seq: try reader.integer("seq"))
        case "error":
            return .error(
                code: try reader.string("code"), detail: try reader.string("detail"),
                recovery: try reader.string("recovery"))
        case "ping": return .ping
        case "pong": return .pong
        case "ack", "refused", "known", "stopped": return try about(type, reader)
        default: throw reader.wrong("type", "a message of the SPEC")
        }
    }

    private static func about(_ type: String, _ reader: MemberReader) throws(CodecError) -> ServerMessage {
        let workspace = try reader.name("ws")
        let replica = try reader.name("replica")
        let n = try reader.integer("n")
        switch type {
        case "ack": return .ack(workspace: workspace, replica: replica, n: n, seq: try reader.integer("seq"))
        case "refused":
            return .refused(
                workspace: workspace, replica: replica, n: n, code: try reader.string("code"),
                detail: reader.optional("detail")?.string ?? "")
        case "known": return .known(workspace: workspace, replica: replica, n: n)
        default:
            let code = ServerMessage.StopCode(rawValue: try reader.string("code")) ?? .unknown
            return .stopped(workspace: workspace, replica: replica, n: n, code: code)
        }
    }

    private static func opened(_ reader: MemberReader) throws(CodecError) -> ServerMessage.Opened {
        guard let role = Role(rawValue: try reader.string("role")) else { throw reader.wrong("role", "a role") }
        var last: [Name: ServerMessage.Opened.Mark] = [:]
        for member in reader.optional("last")?.object ?? [] {
            guard let replica = Name(member.key), let parts = member.value.array, parts.count == 2,
                let n = parts[0].integer, let hash = parts[1].string.flatMap({ ShortHash(hex: $0) })
            else { throw reader.wrong("last", "replica ids, each with [n, hash]") }
            last[replica] = .init(n: n, hash: hash)
        }
        return .init(
            workspace: try reader.name("ws"), log: try reader.string("log"), epoch: try reader.integer("epoch"),
            seq: try reader.integer("seq"), head: try reader.digest("head"), role: role,
            common: reader.optional("common") == nil ? nil : try reader.digest("common"), last: last)
    }
}
