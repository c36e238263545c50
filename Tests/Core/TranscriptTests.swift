import AnnalsCore
import AnnalsModel
import AnnalsWire
import Foundation
import Testing

/// The conversations of `Protocol/transcripts`, held with the server's core.
struct TranscriptTests {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Protocol/transcripts")

    static let names: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return all.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    @Test("the server answers as the transcript says", arguments: names)
    func answers(_ name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        var server = try TranscriptServer()
        var answers: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init).enumerated() {
            if line.hasPrefix("S: ") {
                let answer = answers.isEmpty ? "nothing" : answers.removeFirst()
                #expect(Self.matches(String(line.dropFirst(3)), answer), "\(name), line \(index + 1): \(answer)")
                continue
            }
            if line.hasPrefix("#") { continue }
            #expect(answers.isEmpty, "\(name), before line \(index + 1), also: \(answers)")
            if line == "---" {
                server.reconnect()
                answers = []
            } else {
                answers = server.say(String(line.dropFirst(3)))
            }
        }
        #expect(answers.isEmpty, "\(name), at the end, also: \(answers)")
    }

    @Test("there are transcripts, and one that is wrong is found")
    func wrong() {
        #expect(Self.names.count >= 10)
        #expect(Self.matches(#"{"at":"<time>","n":1}"#, #"{"at":"2025","n":1}"#))
        #expect(!Self.matches(#"{"at":"<time>","n":1}"#, #"{"at":"2025","n":2}"#))
        #expect(Self.matches(#"{"limits":<limits>,"n":1}"#, #"{"limits":{"depth":32},"n":1}"#))
        #expect(!Self.matches(#"{"at":"<time>"}"#, #"{"at":"a","b":"c"}"#))
    }

    /// Whether `answer` is `expected`, where `<word>` stands for what one string holds, and `<limits>` for an object of numbers.
    static func matches(_ expected: String, _ answer: String) -> Bool {
        var rest = answer[...]
        var pattern = expected[...]
        while let open = pattern.firstIndex(of: "<"), let close = pattern[open...].firstIndex(of: ">") {
            if pattern[open...close] == "<closed>" { break }
            guard rest.hasPrefix(pattern[..<open]) else { return false }
            rest = rest.dropFirst(pattern.distance(from: pattern.startIndex, to: open))
            let isObject = pattern[open...close] == "<limits>"
            pattern = pattern[pattern.index(after: close)...]
            guard let end = rest.firstIndex(of: isObject ? "}" : "\"") else { return false }
            rest = rest[end...].dropFirst(isObject ? 1 : 0)
        }
        return rest == pattern
    }
}

/// A server with one empty workspace, `caucasus`, that anyone may sign in to by name; its disk answers at once.
struct TranscriptServer {
    private var core: ServerCore
    private var groups: [LogGroup] = []
    private let start: Digest
    private var session = SessionID(1)
    private var isClosed = false
    private var now = Instant(milliseconds: 1_754_742_000_000)

    init() throws {
        let log = "5e1f0000000000000000000000000001"
        start = ChainHash(log: log).head
        let workspace = LogHead(workspace: try #require(Name("caucasus")), log: log, head: start)
        core = ServerCore(
            configuration: .init(allowsDevelopmentUsers: true, nonce: "00000000000000000000000000000000"), signer: Unsigned(),
            heads: [workspace])
        accept()
    }

    private struct Unsigned: CheckpointSigner {
        var publicKey: String { String(repeating: "0", count: 64) }
        func sign(_ bytes: [UInt8]) -> String { String(repeating: "0", count: 128) }
    }

    /// Cuts the connection and makes another.
    mutating func reconnect() {
        _ = run([.closed(session)])
        session = SessionID(session.number + 1)
        accept()
    }

    private mutating func accept() {
        isClosed = false
        _ = run([.accepted(session, .loopback)])
    }

    /// What the server answers to a line, each of its lines by itself, and `<closed>` where it closes.
    mutating func say(_ line: String) -> [String] {
        now = now.advanced(byMilliseconds: 1000)
        let output = run([.bytes(session, Array((line + "\n").utf8))])
        var lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        if isClosed { lines.append("<closed>") }
        return lines
    }

    private mutating func run(_ inputs: [ServerInput]) -> [UInt8] {
        var inputs = inputs
        var output: [UInt8] = []
        while !inputs.isEmpty {
            var effects: [ServerEffect] = []
            core.handle(inputs.removeFirst(), now: now, into: &effects)
            for effect in effects {
                switch effect {
                case .write(let id, let bytes):
                    output += bytes
                    inputs.append(.drained(id))
                case .close: isClosed = true
                case .append(let unchained):
                    let chained = unchained.map { $0.chained() }
                    groups += chained.map(\.group)
                    inputs.append(.committed(heads: chained.map(\.heads)))
                case .read(let id, let workspace, let seq): inputs.append(.stretch(id, workspace: workspace, stretch(seq)))
                case .hash(let id, let workspace, let seq):
                    inputs.append(.hash(id, workspace: workspace, seq: seq, hash(seq)))
                case .search(let id, let workspace, let change):
                    inputs.append(.searched(id, workspace: workspace, change, found: holds(change)))
                case .pause, .resume, .log, .reopen: break
                }
            }
        }
        return output
    }

    private func stretch(_ seq: Int64) -> LogStretch? {
        guard let index = groups.firstIndex(where: { ($0.first..<$0.first + $0.count).contains(seq) }) else { return nil }
        let group = groups[index]
        return LogStretch(
            first: group.first, count: group.count, bytes: group.bytes, before: index == 0 ? start : groups[index - 1].head,
            head: group.head, cuts: group.cuts)
    }

    /// H(seq); every group here holds one line.
    private func hash(_ seq: Int64) -> Digest? {
        seq == 0 ? start : groups.first { $0.first + $0.count - 1 == seq }?.head
    }

    private func holds(_ change: ChangeID) -> Bool {
        groups.contains { String(decoding: $0.bytes, as: UTF8.self).contains("\"change\":{\"id\":\"\(change)\"") }
    }
}
