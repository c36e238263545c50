import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

private let open = ClientMessage.open(.init(workspace: Bench.desk, log: nil, have: 0, head: nil, replicas: []))

@Suite("Conversation")
struct ConversationTests {
    @Test("hello, auth and open are answered; the welcome names the server and its limits")
    func begins() {
        var bench = Bench()
        let id = bench.server.accept()
        bench.say(id, .hello(protocols: [7, 1], agent: "test"))
        guard case .welcome(let welcome) = bench.hear(id).messages.first else { return #expect(Bool(false), "a welcome") }
        #expect(welcome.version == 1 && welcome.server == Bench.key.publicKey)
        #expect(welcome.limits["line_bytes"] == Int64(Limits().lineBytes))
        bench.say(id, .auth(.development(user: named("aliya"))), open)
        bench.server.settle()
        let heard = bench.hear(id)
        #expect(heard.messages.first == .ready(user: named("aliya")))
        #expect(heard.opened?.common == ChainHash(log: "5eeddesk").head)
        #expect(heard.opened?.role == .analyst)
    }

    @Test("a client of another protocol is told which one is spoken here")
    func unsupported() {
        var bench = Bench()
        let id = bench.server.accept()
        bench.say(id, .hello(protocols: [2], agent: "test"))
        #expect(bench.hear(id).messages == [.unsupported(protocols: [1])])
        #expect(bench.server.closing.contains(id))
    }

    @Test(
        "who may not sign in is told so",
        arguments: [
            (false, Peer.loopback, ClientMessage.Authentication.development(user: named("aliya"))),
            (true, .loopback, .peer(user: named("aliya"))),
            (true, .unix(user: named("bek")), .peer(user: named("aliya"))),
            (true, .unix(user: nil), .peer(user: named("aliya"))),
        ])
    func unauthorized(_ development: Bool, _ peer: Peer, _ authentication: ClientMessage.Authentication) {
        var bench = Bench(development: development)
        let id = bench.server.accept(peer)
        bench.say(id, .hello(protocols: [1], agent: "test"), .auth(authentication), open)
        #expect(bench.hear(id).errors == ["unauthorized"])
    }

    @Test("a Unix socket's peer signs in as itself")
    func peerCredentials() {
        var bench = Bench(development: false)
        let id = bench.server.accept(.unix(user: named("aliya")))
        bench.say(id, .hello(protocols: [1], agent: "test"), .auth(.peer(user: named("aliya"))))
        #expect(bench.hear(id).messages.last == .ready(user: named("aliya")))
    }

    @Test(
        "a message out of its place ends the conversation with a typed error",
        arguments: [
            [ClientMessage.auth(.development(user: named("aliya")))], [open],
            [.hello(protocols: [1], agent: ""), .hello(protocols: [1], agent: "")],
            [.hello(protocols: [1], agent: ""), open],
            [
                .hello(protocols: [1], agent: ""), .auth(.development(user: named("a"))),
                .pull(workspace: Bench.desk, after: 0, credit: 1, live: true),
            ],
            [
                .hello(protocols: [1], agent: ""), .auth(.development(user: named("a"))),
                .push(PushHeader(workspace: Bench.desk, replica: named("r"), count: 1)),
            ],
        ])
    func unexpected(_ messages: [ClientMessage]) {
        var bench = Bench()
        let id = bench.server.accept()
        for message in messages { bench.say(id, message) }
        #expect(bench.hear(id).errors == ["unexpected"])
        #expect(bench.server.closing.contains(id))
    }

    @Test(
        "what is out of range is malformed",
        arguments: [
            ClientMessage.pull(workspace: Bench.desk, after: 1, credit: 1, live: true),
            .pull(workspace: Bench.desk, after: 0, credit: 0, live: true), .credit(workspace: Bench.desk, bytes: 0),
            .push(PushHeader(workspace: Bench.desk, replica: named("r"), count: 0)),
            .open(.init(workspace: Bench.desk, log: nil, have: 0, head: nil, replicas: (0..<65).map { named("r\($0)") })),
        ])
    func outOfRange(_ message: ClientMessage) {
        var bench = Bench()
        let id = bench.open("aliya")
        bench.say(id, message)
        #expect(bench.hear(id).errors == ["malformed"])
    }

    @Test(
        "another log, and a workspace that is not here, end the conversation",
        arguments: [
            ("desk", "beef", "other_log"), ("desks", "5eeddesk", "unknown_workspace"),
        ])
    func otherLog(_ workspace: String, _ log: String, _ code: String) {
        var bench = Bench()
        let id = bench.signIn("aliya")
        bench.say(id, .open(.init(workspace: named(workspace), log: log, have: 0, head: nil, replicas: [])))
        #expect(bench.hear(id).errors == [code])
    }

    @Test("a client that has more than the server hears no common point; one that has as much or less hears H(have)")
    func common() {
        var bench = Bench()
        let writer = bench.open("aliya")
        var pen = Pen("r1")
        bench.push(writer, "r1", pen.write(count: 3))
        bench.server.settle()
        for have in Int64(0)...4 {
            let id = bench.signIn("bek")
            bench.say(id, .open(.init(workspace: Bench.desk, log: "5eeddesk", have: have, head: nil, replicas: [])))
            bench.server.settle()
            #expect(bench.hear(id).opened?.common == bench.server.disk.chainHash(of: Bench.desk, at: have))
        }
    }

    // MARK: Bad lines

    @Test(
        "a malformed change line ends the conversation, and what was taken before stays",
        arguments: [
            "nonsense", "{}", #"{"id":"secret words"}"#,
        ])
    func malformedChange(_ line: String) {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        bench.push(id, "r1", [pen.write(), Array(line.utf8), pen.write()])
        bench.server.settle()
        let heard = bench.hear(id)
        #expect(heard.errors == ["malformed"])
        #expect(bench.record == ["r1 1"])
        #expect(!"\(heard)".contains("secret"))
    }

    @Test(
        "a line that is too long ends the conversation after the lines before it had their turn, even those that wait",
        arguments: [false, true])
    func oversize(_ waits: Bool) {
        var limits = Limits()
        limits.changeBytes = 1000
        var bench = Bench(limits)
        let id = bench.open("aliya")
        var pen = Pen("r1")
        if waits {
            bench.push(id, "r1", [pen.write()])
            bench.server.settle()
        }
        let header = ClientMessageCodec.encode(.push(PushHeader(workspace: Bench.desk, replica: named("r1"), count: 9)))
        // Its hash must be asked for.
        let base = waits ? bench.base(0) : Base(seq: 0, hash: nil)
        let change = pen.write(base: base)
        bench.server.receive(header + change + [UInt8(ascii: "\n")] + [UInt8](repeating: 0x20, count: 3000), from: id)
        bench.server.settle()
        #expect(bench.hear(id).errors == ["oversize"])
        #expect(bench.record.count == (waits ? 2 : 1))
    }

    @Test("a change longer than the limit and within the line's is an entry, refused by size")
    func betweenLimits() {
        var limits = Limits()
        limits.changeBytes = 1000
        var bench = Bench(limits)
        let id = bench.open("aliya")
        var pen = Pen("r1")
        bench.push(id, "r1", [pen.write(String(repeating: "x", count: 1200)), pen.write()])
        bench.server.settle()
        #expect(bench.record == ["r1 1 size", "r1 2"])
    }

    @Test("a stranger may send little before signing in")
    func stranger() {
        var bench = Bench()
        let id = bench.server.accept()
        for _ in 0..<5 { bench.server.receive([UInt8](repeating: 0x0A, count: 1000), from: id) }
        #expect(bench.hear(id).errors == ["oversize"])
    }

    @Test("lines cut anywhere mean the same", arguments: [1, 2, 7, 64])
    func chunks(_ size: Int) {
        var bench = Bench()
        let id = bench.server.accept()
        var pen = Pen("r1")
        var bytes: [UInt8] = []
        for message in [ClientMessage.hello(protocols: [1], agent: "x"), .auth(.development(user: named("aliya"))), open] {
            bytes += ClientMessageCodec.encode(message)
        }
        bytes += ClientMessageCodec.encode(.push(PushHeader(workspace: Bench.desk, replica: named("r1"), count: 3)))
        for change in pen.write(count: 3) { bytes += change + [UInt8(ascii: "\n")] }
        bytes += ClientMessageCodec.encode(.pull(workspace: Bench.desk, after: 0, credit: 1 << 20, live: true))
        for start in stride(from: 0, to: bytes.count, by: size) {
            bench.server.receive(Array(bytes[start..<min(start + size, bytes.count)]), from: id)
        }
        bench.server.settle()
        let heard = bench.hear(id)
        #expect(heard.errors.isEmpty)
        #expect(heard.entries == bench.lines)
        #expect(bench.record == ["r1 1", "r1 2", "r1 3"])
    }

    // MARK: Time

    @Test("a silent client is asked for a sign of life, and closed when there is none")
    func idle() {
        var bench = Bench()
        let (silent, alive) = (bench.signIn("aliya"), bench.signIn("bek"))
        func wait(_ seconds: Int64) {
            bench.server.now = bench.server.now.advanced(byMilliseconds: seconds * 1000)
            bench.server.tick()
        }
        wait(59)
        #expect(bench.hear(silent).isEmpty)
        wait(2)
        bench.server.tick()
        #expect(bench.hear(silent).messages == [.ping])
        #expect(bench.hear(alive).messages == [.ping])
        bench.say(alive, .pong)
        wait(60)
        #expect(bench.hear(silent).errors == ["idle"])
        #expect(bench.server.closing == [silent])
        #expect(bench.hear(alive).isEmpty)
    }

    @Test("who does not sign in is closed sooner")
    func idleStranger() {
        var bench = Bench()
        let id = bench.server.accept()
        bench.server.now = bench.server.now.advanced(byMilliseconds: 31_000)
        bench.server.tick()
        #expect(bench.hear(id).errors == ["idle"])
    }

    @Test("a session that is gone leaves nothing behind that a late answer could trip over")
    func lateAnswers() {
        var bench = Bench()
        let (writer, reader) = (bench.open("aliya"), bench.open("bek"))
        var (pen, moved) = (Pen("r1"), Pen("r2"))
        bench.push(writer, "r1", pen.write(count: 2))
        bench.server.write()
        bench.server.announce()
        bench.pull(reader)
        bench.push(writer, "r2", [moved.write()], moved: true)
        bench.server.closed(reader)
        bench.server.closed(writer)
        bench.server.settle()
        #expect(bench.record == ["r1 1", "r1 2"])
        #expect(bench.server.events.contains(.closed(reader)))
    }
}
