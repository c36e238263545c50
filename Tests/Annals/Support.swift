import AnnalsModel
import AnnalsWire
import Foundation
import Testing

@testable import Annals
@testable import AnnalsCore

/// A folder that goes away with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "annals-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A clock that ticks by a second at each look, and dice of a seed. Locked because replicas are used from several threads.
final class Repeatable: @unchecked Sendable {
    private let lock = NSLock()
    private var dice: Dice
    private var time: Int64 = 1_754_700_000_000

    init(_ seed: UInt64) { dice = Dice(seed) }

    var ambient: Ambient {
        Ambient(
            now: {
                self.lock.withLock {
                    self.time += 1000; return Instant(milliseconds: self.time)
                }
            },
            random: { self.lock.withLock { self.dice.next() } })
    }
}

/// Signs by a digest, which is enough to tell which bytes were signed.
struct TestSigner: CheckpointSigner, CheckpointVerifier {
    let publicKey = "test"

    func sign(_ bytes: [UInt8]) -> String { sha256(Array("test".utf8) + bytes).hex }

    func verifies(_ signature: String, of bytes: [UInt8], by publicKey: String) -> Bool {
        publicKey == self.publicKey && signature == sign(bytes)
    }
}

/// What a server does to changes, without a network: numbers them, signs where they end.
struct TestLog {
    static let workspace = Name("caucasus")!
    let id: String
    var lines: [[UInt8]] = []
    var heads: [Digest]
    let signer = TestSigner()
    private var time: Int64 = 1_754_800_000_000

    init(id: String = "5eed00000000000000000000000000aa") {
        self.id = id
        heads = [ChainHash(log: id).head]
    }

    var seq: Int64 { Int64(lines.count) }

    private mutating func envelope(_ author: Name, _ replica: Name, common: Base? = nil) -> EntryCodec.Envelope {
        time += 500
        return .init(
            seq: seq + 1, at: Instant(milliseconds: time), author: author, replica: replica, common: common)
    }

    private mutating func add(_ line: [UInt8]) {
        lines.append(line)
        heads.append(chainHash(after: heads[heads.count - 1], line: line))
    }

    mutating func accept(_ row: PendingRow, by author: Name) {
        add(EntryCodec.encode(envelope(author, row.replica, common: row.fork), change: row.bytes))
    }

    mutating func refuse(_ row: PendingRow, by author: Name, code: String = "invalid") throws {
        let change = try ChangeCodec.decode(row.bytes)
        add(
            EntryCodec.encode(
                envelope(author, row.replica),
                Refusal(id: row.id, n: row.n, code: code, digest: sha256(row.bytes), prev: change.prev)))
    }

    /// Entries `first` to `last` as one batch, with their checkpoint.
    func batch(_ first: Int64, _ last: Int64) throws -> Batch { Batch(try piece(first, last)) }

    func piece(_ first: Int64, _ last: Int64) throws -> Batch.Piece {
        let checkpoint = Checkpoint(
            workspace: Self.workspace, log: id, epoch: 1, seq: last, head: heads[Int(last)],
            at: Instant(milliseconds: time))
        let line = CheckpointCodec.encode(checkpoint, signer: signer)
        return Batch.Piece(
            first: first, count: last - first + 1, bytes: lines[Int(first - 1)..<Int(last)].flatMap { $0 + [10] },
            before: heads[Int(first - 1)], checkpoint: try CheckpointCodec.decode(line), checkpointLine: line)
    }

    var entries: [Entry] { get throws { try lines.map { try EntryCodec.decode($0) } } }
}

extension Replica {
    static func test(
        _ folder: TemporaryFolder, _ name: String, user: String = "aliya", seed: UInt64 = 1, vocabulary: Vocabulary = .current
    ) throws -> Replica {
        try create(
            in: folder(name), user: Name(user)!, workspace: TestLog.workspace, vocabulary: vocabulary,
            ambient: Repeatable(seed).ambient)
    }

    func meet(_ log: TestLog, role: Role = .curator) throws {
        try store.bind(.init(log: log.id, epoch: 1, serverKey: log.signer.publicKey, role: role))
    }

    /// Sends all that is queued.
    func push(_ log: inout TestLog) throws {
        for row in try store.outbox(after: 0, of: nil, limit: 100_000) {
            log.accept(row, by: user)
            try store.mark(row.replica, upTo: row.n, .accepted)
        }
    }

    /// Takes what is new, in batches of a size.
    @discardableResult
    func pull(_ log: TestLog, batch size: Int64 = 1000) throws -> [ReplicaSync.Applied] {
        var applied: [ReplicaSync.Applied] = []
        while true {
            let have = try status().have
            if have == log.seq { return applied }
            applied.append(try store.apply(log.batch(have + 1, min(have + size, log.seq))))
        }
    }

    func exported() throws -> [String] {
        var lines: [String] = []
        try export { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    /// Records one thing from what shows now.
    @discardableResult
    func quickly<T>(_ body: (Edit) throws -> T) throws -> T { try record(from: view(), reason: nil, body).0 }
}

/// Log ⊕ pending folded from scratch in memory, as an export.
func oracle(_ log: TestLog, through seq: Int64, pending rows: [PendingRow], user: Name, _ vocabulary: Vocabulary = .current) throws
    -> [String]
{
    var fold = Fold(vocabulary: vocabulary)
    for entry in try log.entries.prefix(Int(seq)) { fold.apply(entry) }
    for row in rows { fold.apply(pending: try ChangeCodec.decode(row.bytes), author: user, replica: row.replica) }
    var lines = [ExportLine.header(vocabulary)]
    for (_, entity) in fold.entities.sorted(by: { $0.key < $1.key }) where entity.created != nil {
        lines.append(ExportLine(entity: entity, vocabulary: vocabulary).bytes)
    }
    return lines.map { String(decoding: $0, as: UTF8.self) }
}

/// The code of the error that `body` throws.
@discardableResult
func failure<T>(_ body: () throws -> T) -> AnnalsError.Code? {
    do {
        _ = try body()
        return nil
    } catch let error as AnnalsError {
        return error.code
    } catch {
        Issue.record("not an AnnalsError: \(error)")
        return nil
    }
}

/// What the plain sqlite3 program prints.
func sqlite3(_ replica: Replica, _ sql: String) throws -> String {
    // By itself that happens some milliseconds after the last recording, and when the program ends.
    try replica.store.showRecorded()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sqlite3", "-batch", "-readonly", replica.store.paths.database, sql]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
}

func shortHash(_ line: [UInt8]) -> ShortHash { sha256(line).short }

/// A value behind a lock, for what several threads note.
final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<T>(_ body: (inout Value) -> T) -> T { lock.withLock { body(&value) } }
}

func chain(_ head: Digest, _ line: [UInt8]) -> Digest { chainHash(after: head, line: line) }
