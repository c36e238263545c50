import AnnalsModel
import AnnalsServer
import AnnalsStore
import AnnalsTesting
import AnnalsWire
import Foundation
import Logging
import Testing

@Suite("The server on its sockets")
struct ServerTests {
    let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    func configuration(_ folder: TemporaryFolder, socket: String? = nil, development: Bool = true) -> ServerConfiguration {
        ServerConfiguration(
            dataDirectory: folder.path + "/data", tcp: ("127.0.0.1", 0), socketPath: socket, workspaces: ["main"],
            roles: ["carla": .curator, "rita": .reader], allowsDevelopmentUsers: development)
    }

    /// Starts a server, runs the body, stops it.
    func serving(
        _ configuration: ServerConfiguration, _ body: (Server, UInt16) throws -> Void
    ) async throws {
        let server = try await Server.start(configuration, logger: quiet)
        do {
            try body(server, try #require(server.port))
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    func change(_ n: Int64, prev: [UInt8]? = nil, title: String = "Summit") -> [UInt8] {
        ChangeCodec.encode(
            Change(
                id: ChangeID(random: 1, UInt64(n)), n: n, prev: prev.map { sha256($0).short }, base: Base(seq: 0, hash: nil),
                at: Instant(milliseconds: 1_754_700_000_000),
                operations: [ChangeOperation("event", .create(id: nil, fields: [.init("title", .string(title))]))]))
    }

    @Test("a pushed change is acknowledged, streamed back verbatim, chained and signed")
    func pushAndPull() async throws {
        let folder = try TemporaryFolder()
        try await serving(configuration(folder)) { server, port in
            let client = try LineClient(port: port)
            let (welcome, opened) = try #require(try client.enter("main", as: "aliya"))
            #expect(welcome.server == server.publicKey)
            #expect(opened.seq == 0 && opened.head == ChainHash(log: opened.log).head)
            client.send(.pull(workspace: "main", after: 0, credit: 1 << 20, live: true))
            #expect(try client.message() == .caughtUp(workspace: "main", seq: 0))
            let first = change(1)
            let second = change(2, prev: first, title: "Trilateral summit — “historical” 🕊 قمة")
            client.send(.push(PushHeader(workspace: "main", replica: "r1", count: 2)))
            client.send(first + Array("\n".utf8) + second + Array("\n".utf8))
            #expect(try client.message() == .ack(workspace: "main", replica: "r1", n: 2, seq: 2))
            #expect(try client.message() == .entries(workspace: "main", first: 1, count: 2))
            var chain = ChainHash(log: opened.log)
            for bytes in [first, second] {
                let line = try client.line()
                chain.append(line: line)
                #expect(EntryCodec.changeRange(line).map { Array(line[$0]) } == bytes)
                #expect(try EntryCodec.decode(line).author == "aliya")
            }
            let proof = try client.line()
            let checkpoint = try CheckpointCodec.decode(proof)
            #expect(checkpoint.head == chain.head && checkpoint.seq == 2)
            let signed = try #require(CheckpointCodec.signedBytes(proof))
            #expect(ServerPublicKey(hex: welcome.server)?.verifies(checkpoint.signature, of: signed) == true)
        }
    }

    @Test("what was acknowledged is there after a restart, under the same identity")
    func restart() async throws {
        let folder = try TemporaryFolder()
        var key = ""
        try await serving(configuration(folder)) { server, port in
            key = server.publicKey
            let client = try LineClient(port: port)
            _ = try client.enter("main", as: "aliya")
            client.send(.push(PushHeader(workspace: "main", replica: "r1", count: 1)))
            client.send(change(1) + Array("\n".utf8))
            #expect(try client.message() == .ack(workspace: "main", replica: "r1", n: 1, seq: 1))
        }
        try await serving(configuration(folder)) { server, port in
            #expect(server.publicKey == key)
            let client = try LineClient(port: port)
            let opened = try #require(try client.enter("main", as: "aliya", replicas: ["r1"])).opened
            #expect(opened.seq == 1 && opened.last["r1"]?.n == 1)
        }
    }

    @Test(
        "every bad line gets a typed error, and the others are served on",
        arguments: [
            ("{", "malformed"), ("[]", "malformed"), ("{\"type\":\"hello\",\"type\":\"hello\"}", "malformed"),
            ("{\"type\":\"push\",\"ws\":\"main\",\"replica\":\"r\",\"count\":1}", "unexpected"),
            ("{\"type\":\"nonsense\"}", "malformed"), ("(too long)", "oversize"),
        ])
    func badLines(what: String, code: String) async throws {
        let line = code == "oversize" ? String(repeating: "x", count: 5000) : what
        let folder = try TemporaryFolder()
        try await serving(configuration(folder)) { _, port in
            let other = try LineClient(port: port)
            _ = try other.enter("main", as: "bek")
            let client = try LineClient(port: port)
            client.send(line)
            guard case .error(let got, _, let recovery) = try client.message() else {
                Issue.record("no error")
                return
            }
            #expect(got == code && !recovery.isEmpty)
            #expect(throws: LineClient.Ended.self) { try client.line() }
            other.send(.ping)
            #expect(try other.message() == .pong)
        }
    }

    @Test("an unknown workspace, a reader's push and an oversize change line are refused by name")
    func refusals() async throws {
        let folder = try TemporaryFolder()
        try await serving(configuration(folder)) { _, port in
            let client = try LineClient(port: port)
            client.send(.hello(protocols: [1], agent: "t"))
            _ = try client.message()
            client.send(.auth(.development(user: "aliya")))
            _ = try client.message()
            client.send(.open(.init(workspace: "elsewhere", log: nil, have: 0, head: nil, replicas: [])))
            guard case .error("unknown_workspace", _, _) = try client.message() else {
                Issue.record("no error")
                return
            }
            let reader = try LineClient(port: port)
            _ = try reader.enter("main", as: "rita")
            reader.send(.push(PushHeader(workspace: "main", replica: "r9", count: 1)))
            reader.send(change(1) + Array("\n".utf8))
            guard case .refused(_, "r9", 1, "role", _) = try reader.message() else {
                Issue.record("not refused")
                return
            }
            let flood = try LineClient(port: port)
            _ = try flood.enter("main", as: "bek")
            flood.send(.push(PushHeader(workspace: "main", replica: "r2", count: 1)))
            flood.send([UInt8](repeating: UInt8(ascii: "a"), count: Limits().lineBytes + 10))
            guard case .error("oversize", _, _) = try flood.message() else {
                Issue.record("no error")
                return
            }
        }
    }

    @Test("a push larger than all that may be on its way to be checked is taken whole, and in its order")
    func largePush() async throws {
        let folder = try TemporaryFolder()
        try await serving(configuration(folder)) { _, port in
            let client = try LineClient(port: port)
            _ = try client.enter("main", as: "aliya")
            let count: Int64 = 3000
            var (lines, last): ([UInt8], [UInt8]?) = ([], nil)
            for n in 1...count {
                let line = change(n, prev: last, title: String(repeating: "signed ", count: Int(n % 60)) + "\(n)")
                lines += line + Array("\n".utf8)
                last = line
            }
            #expect(lines.count > 1 << 20)
            client.send(.push(PushHeader(workspace: "main", replica: "r1", count: count)))
            client.send(lines)
            client.send(.ping)
            var acknowledged: Int64 = 0
            while acknowledged < count {
                switch try client.message() {
                case .ack(_, _, let n, let seq):
                    #expect(n == seq && n > acknowledged)
                    acknowledged = n
                case .pong: break
                case let message:
                    Issue.record("the server said \(message)")
                    return
                }
            }
        }
    }

    @Test("what a peer sent before it ended is taken, also while it is still being checked")
    func pushAndEnd() async throws {
        let folder = try TemporaryFolder()
        try await serving(configuration(folder)) { _, port in
            let watcher = try LineClient(port: port)
            _ = try watcher.enter("main", as: "bek")
            watcher.send(.pull(workspace: "main", after: 0, credit: 1 << 30, live: true))
            #expect(try watcher.message() == .caughtUp(workspace: "main", seq: 0))
            let client = try LineClient(port: port)
            _ = try client.enter("main", as: "aliya")
            let count: Int64 = 400
            var (lines, last): ([UInt8], [UInt8]?) = ([], nil)
            for n in 1...count {
                let line = change(n, prev: last)
                lines += line + Array("\n".utf8)
                last = line
            }
            client.send(ClientMessageCodec.encode(.push(PushHeader(workspace: "main", replica: "r1", count: count))) + lines)
            client.end()
            var seen: Int64 = 0
            while seen < count {
                guard case .entries(_, let first, let more) = try watcher.message() else { continue }
                #expect(first == seen + 1)
                for _ in 0...more { _ = try watcher.line() }
                seen += more
            }
        }
    }

    @Test("a document of a megabyte goes through")
    func megabyte() async throws {
        let folder = try TemporaryFolder()
        try await serving(configuration(folder)) { _, port in
            let text = String(repeating: "On August 7–8, 2025 the Presidents met. ", count: 26_000)
            let client = try LineClient(port: port)
            _ = try client.enter("main", as: "aliya")
            client.send(.pull(workspace: "main", after: 0, credit: 1000, live: true))
            _ = try client.message()
            let line = ChangeCodec.encode(
                Change(
                    id: ChangeID(random: 1, 1), n: 1, prev: nil, base: Base(seq: 0, hash: nil),
                    at: Instant(milliseconds: 0),
                    operations: [
                        ChangeOperation(
                            "document",
                            .create(
                                id: ItemID(document: sha256(text)), fields: [.init("text", .string(text))]))
                    ]))
            client.send(.push(PushHeader(workspace: "main", replica: "r1", count: 1)))
            client.send(line + Array("\n".utf8))
            #expect(try client.message() == .ack(workspace: "main", replica: "r1", n: 1, seq: 1))
            // The credit is far smaller than the line: one whole line may overdraw it.
            #expect(try client.message() == .entries(workspace: "main", first: 1, count: 1))
            #expect(try client.line().count > 1_000_000)
        }
    }

    @Test("without --dev-users nobody signs in over TCP, and beyond loopback nothing is listened to")
    func signIn() async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: ServerError.self) {
            _ = try await Server.start(configuration(folder, development: false), logger: quiet)
        }
        var open = configuration(folder)
        open.tcp = ("0.0.0.0", 0)
        await #expect(throws: ServerError.self) { _ = try await Server.start(open, logger: quiet) }
        // Neither attempt keeps the folder locked.
        try await serving(configuration(folder)) { _, _ in }
    }

    @Test("on a Unix socket the kernel says who is there")
    func peerCredentials() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/s"
        try await serving(configuration(folder, socket: path)) { _, _ in
            let user = try #require(Name(NSUserName()))
            #expect(try LineClient(path: path).enter("main", as: user, peer: true) != nil)
            #expect(try LineClient(path: path).enter("main", as: "somebody-else", peer: true) == nil)
        }
    }

    @Test("two servers never share a data folder")
    func twoServers() async throws {
        let folder = try TemporaryFolder()
        try await serving(configuration(folder)) { _, _ in }
        let server = try await Server.start(configuration(folder), logger: quiet)
        await #expect(throws: ServerError.self) { _ = try await Server.start(configuration(folder), logger: quiet) }
        try await server.stop()
    }
}
