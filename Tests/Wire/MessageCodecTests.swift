import AnnalsModel
import AnnalsWire
import Testing

private func named(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
    return name
}

private let desk = named("desk")
private let r1 = named("r1")
private let head = sha256("head")
private let short = ShortHash(word: 77)

private let clientMessages: [ClientMessage] = [
    .hello(protocols: [1, 2], agent: "annals 1 „x“ \" \\"), .hello(protocols: [], agent: ""),
    .auth(.development(user: named("aliya"))), .auth(.peer(user: named("bek"))),
    .open(.init(workspace: desk, log: nil, have: 0, head: nil, replicas: [])),
    .open(.init(workspace: desk, log: "5eed", have: 1043, head: head, replicas: [r1, named("r2~f00")])),
    .pull(workspace: desk, after: 0, credit: 1, live: false), .pull(workspace: desk, after: 7, credit: 9_007_199_254_740_991, live: true),
    .credit(workspace: desk, bytes: 65_536),
    .push(PushHeader(workspace: desk, replica: r1, count: 3)),
    .push(PushHeader(workspace: desk, replica: r1, count: 1, fork: Base(seq: 12, hash: short), moved: true)),
    .ping, .pong,
]

private let serverMessages: [ServerMessage] =
    [
        .welcome(.init(version: 1, server: "aa", nonce: "bb", limits: ["line_bytes": 5, "depth": 32])),
        .unsupported(protocols: [1]), .ready(user: named("aliya")),
        .opened(.init(workspace: desk, log: "5eed", epoch: 1, seq: 0, head: head, role: .reader, common: nil, last: [:])),
        .opened(
            .init(
                workspace: desk, log: "5eed", epoch: 3, seq: 9, head: head, role: .curator, common: head,
                last: [r1: .init(n: 4, hash: short), named("r2"): .init(n: 1, hash: short)])),
        .entries(workspace: desk, first: 1, count: 12),
        .checkpoint(Checkpoint(workspace: desk, log: "5eed", epoch: 1, seq: 12, head: head, at: Instant(milliseconds: 5), signature: "0f")),
        .caughtUp(workspace: desk, seq: 12),
        .ack(workspace: desk, replica: r1, n: 4, seq: 12),
        .refused(workspace: desk, replica: r1, n: 4, code: "role", detail: "a reader may not record"),
        .known(workspace: desk, replica: r1, n: 4),
        .error(code: "malformed", detail: "d", recovery: "r"), .ping, .pong,
    ] + ServerMessage.StopCode.allCases.map { .stopped(workspace: desk, replica: r1, n: 4, code: $0) }

@Suite("Message codecs")
struct MessageCodecTests {
    @Test("every message of a client is one line and comes back as it was", arguments: clientMessages)
    func clients(_ message: ClientMessage) throws {
        let line = ClientMessageCodec.encode(message)
        #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
        #expect(try ClientMessageCodec.decode(line.dropLast()) == message)
    }

    @Test("every message of a server is one line and comes back as it was", arguments: serverMessages)
    func servers(_ message: ServerMessage) throws {
        let line = ServerMessageCodec.encode(message)
        #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
        #expect(try ServerMessageCodec.decode(line.dropLast()) == message)
    }

    @Test("members that this version does not know are passed over", arguments: clientMessages)
    func unknownMembers(_ message: ClientMessage) throws {
        let line = ClientMessageCodec.encode(message).dropLast(2) + Array(#","later":{"type":[1]}}"#.utf8)
        #expect(try ClientMessageCodec.decode(Array(line)) == message)
    }

    @Test(
        "a message that lacks a member that it needs is refused by its name",
        arguments: [
            (#"{}"#, "type"), (#"{"type":"sing"}"#, "type"), (#"{"type":7}"#, "type"), (#"{"type":"hello"}"#, "protocols"),
            (#"{"type":"auth","method":"development"}"#, "user"), (#"{"type":"auth","method":"magic","user":"a"}"#, "method"),
            (#"{"type":"auth","method":"peer","user":"A b"}"#, "user"),
            (#"{"type":"open","ws":"desk","have":-1}"#, "have"), (#"{"type":"open","ws":"desk","have":0,"replicas":["R"]}"#, "replicas"),
            (#"{"type":"open","ws":"desk","have":0,"head":"00"}"#, "head"),
            (#"{"type":"pull","ws":"desk","after":0,"live":true}"#, "credit"),
            (#"{"type":"pull","ws":"desk","after":0,"credit":1,"live":1}"#, "live"),
            (#"{"type":"push","ws":"desk","replica":"r","count":"3"}"#, "count"),
            (#"{"type":"push","ws":"desk","replica":"r","count":1,"fork":[1]}"#, "fork"),
            (#"{"type":"credit","ws":"desk","bytes":1.5}"#, "message"), (#"{"type":"ping","type":"ping"}"#, "message"), ("", "message"),
            ("[]", "message"),
            (#"{"type":"ping"} x"#, "message"),
        ])
    func malformedClient(_ line: String, _ member: String) {
        let error = #expect(throws: CodecError.self) { try ClientMessageCodec.decode(Array(line.utf8)) }
        #expect(error?.description.contains(member) == true)
    }

    @Test(
        "a server's message that lacks a member that it needs is refused by its name",
        arguments: [
            (#"{"type":"opened","ws":"desk","log":"x","epoch":1,"seq":0,"head":"\#(head.hex)","role":"king"}"#, "role"),
            (#"{"type":"opened","ws":"desk","log":"x","epoch":1,"seq":0,"head":"\#(head.hex)","role":"reader","last":{"r":[1]}}"#, "last"),
            (#"{"type":"opened","ws":"desk","log":"x","epoch":1,"seq":0,"head":"00","role":"reader"}"#, "head"),
            (#"{"type":"stopped","ws":"desk","replica":"r","n":1,"code":7}"#, "code"),
            (#"{"type":"entries","ws":"desk","first":1}"#, "count"), (#"{"type":"ack","ws":"desk","replica":"r","n":1}"#, "seq"),
            (#"{"type":"checkpoint","ws":"desk"}"#, "log"), (#"{"type":"welcome","protocol":1,"nonce":""}"#, "server"),
            ("nonsense", "message"),
        ])
    func malformedServer(_ line: String, _ member: String) {
        let error = #expect(throws: CodecError.self) { try ServerMessageCodec.decode(Array(line.utf8)) }
        #expect(error?.description.contains(member) == true)
    }

    @Test("a message that is cut short or has a byte changed gives an error or a message, and never stops the program")
    func damaged() {
        for line in clientMessages.map(ClientMessageCodec.encode) + serverMessages.map(ServerMessageCodec.encode) {
            for end in 0..<line.count - 1 {
                #expect(throws: CodecError.self) { try ClientMessageCodec.decode(Array(line[..<end])) }
                #expect(throws: CodecError.self) { try ServerMessageCodec.decode(Array(line[..<end])) }
            }
            for index in line.indices {
                for byte in [UInt8(0), 0x22, 0x2C, 0x5B, 0x7D, 0xFF] {
                    var broken = line
                    broken[index] = byte
                    _ = try? ClientMessageCodec.decode(broken)
                    _ = try? ServerMessageCodec.decode(broken)
                }
            }
        }
    }

    @Test("an error never repeats what was sent")
    func noValues() {
        let error = #expect(throws: CodecError.self) {
            try ClientMessageCodec.decode(Array(#"{"type":"auth","method":"secret words","user":"aliya"}"#.utf8))
        }
        #expect(error?.description.contains("secret") == false)
    }

    @Test("every error code and refusal says what to do, and its name is the one of the SPEC")
    func codes() {
        #expect(ProtocolErrorCode.allCases.allSatisfy { !$0.recovery.isEmpty })
        #expect(Set(ProtocolErrorCode.allCases.map(\.rawValue)).count == ProtocolErrorCode.allCases.count)
        #expect(ServerMessage.StopCode.allCases.prefix(4).map(\.rawValue) == ["mismatch", "gap", "bad_base", "not_yours"])
    }

    @Test("a stop for a reason that this version does not know is a stop all the same")
    func unknownStop() throws {
        let line = #"{"type":"stopped","ws":"desk","replica":"r1","n":4,"code":"tired"}"#
        #expect(try ServerMessageCodec.decode(Array(line.utf8)) == .stopped(workspace: desk, replica: r1, n: 4, code: .unknown))
    }
}
