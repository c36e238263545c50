public import AnnalsJSON
internal import AnnalsModel

/// A client's messages as lines. `encode` ends the line; `decode` takes it without its LF.
public enum ClientMessageCodec {
    public static func encode(_ message: ClientMessage) -> [UInt8] {
        var object = OrderedObject()
        switch message {
        case .hello(let protocols, let agent):
            object.add("type", "hello")
            object.add("protocols", .array(protocols.map(Value.integer)))
            object.add("agent", .string(agent))
        case .auth(let authentication):
            object.add("type", "auth")
            switch authentication {
            case .development(let user):
                object.add("method", "development")
                object.add("user", .string(user.raw))
            case .peer(let user):
                object.add("method", "peer")
                object.add("user", .string(user.raw))
            }
        case .open(let open):
            object.add("type", "open")
            object.add("ws", .string(open.workspace.raw))
            object.add("log", open.log.map(Value.string))
            object.add("have", .integer(open.have))
            object.add("head", open.head.map { .string($0.hex) })
            object.add("replicas", .array(open.replicas.map { .string($0.raw) }))
        case .pull(let workspace, let after, let credit, let live):
            object.add("type", "pull")
            object.add("ws", .string(workspace.raw))
            object.add("after", .integer(after))
            object.add("credit", .integer(credit))
            object.add("live", .bool(live))
        case .credit(let workspace, let bytes):
            object.add("type", "credit")
            object.add("ws", .string(workspace.raw))
            object.add("bytes", .integer(bytes))
        case .push(let header):
            object.add("type", "push")
            object.add("ws", .string(header.workspace.raw))
            object.add("replica", .string(header.replica.raw))
            object.add("count", .integer(header.count))
            object.add("fork", header.fork?.value)
            if header.moved { object.add("moved", .bool(true)) }
        case .ping: object.add("type", "ping")
        case .pong: object.add("type", "pong")
        }
        return object.line()
    }

    public static func decode(_ line: [UInt8]) throws(CodecError) -> ClientMessage {
        var scanner = JSONScanner()
        return try decode(line.span.bytes, with: &scanner)
    }

    /// Reads a message where it stands.
    public static func decode(_ line: RawSpan, with scanner: inout JSONScanner) throws(CodecError) -> ClientMessage {
        let reader = try parseObject(line, "message", with: &scanner)
        switch try reader.string("type") {
        case "hello":
            guard let versions = reader.optional("protocols")?.array else { throw reader.wrong("protocols", "a list") }
            return .hello(protocols: versions.compactMap(\.integer), agent: reader.optional("agent")?.string ?? "")
        case "auth":
            let user = try reader.name("user")
            switch try reader.string("method") {
            case "development": return .auth(.development(user: user))
            case "peer": return .auth(.peer(user: user))
            default: throw reader.wrong("method", "development or peer")
            }
        case "open":
            var replicas: [Name] = []
            for value in reader.optional("replicas")?.array ?? [] {
                guard let name = value.string.flatMap({ Name($0) }) else { throw reader.wrong("replicas", "a list of names") }
                replicas.append(name)
            }
            return .open(
                .init(
                    workspace: try reader.name("ws"), log: reader.optional("log")?.string,
                    have: try reader.integer("have"),
                    head: reader.optional("head") == nil ? nil : try reader.digest("head"), replicas: replicas))
        case "pull":
            return .pull(
                workspace: try reader.name("ws"), after: try reader.integer("after"), credit: try reader.integer("credit"),
                live: try reader.flag("live"))
        case "credit":
            return .credit(workspace: try reader.name("ws"), bytes: try reader.integer("bytes"))
        case "push":
            return .push(
                PushHeader(
                    workspace: try reader.name("ws"), replica: try reader.name("replica"),
                    count: try reader.integer("count"),
                    fork: reader.optional("fork") == nil ? nil : try reader.base("fork"), moved: try reader.flag("moved")))
        case "ping": return .ping
        case "pong": return .pong
        default: throw reader.wrong("type", "a message of the SPEC")
        }
    }
}
