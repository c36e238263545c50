import AnnalsCore
import AnnalsModel
import AnnalsWire
import Foundation
import GRDB
import Testing

@testable import Annals

/// What the stream does to the outbox.
@Suite struct SettlingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a change leaves the outbox when the stream brings the same bytes")
    func confirm() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let (event, receipt) = try replica.record(from: replica.view()) { try $0.create("event", fields: [("title", "x")]) }
        #expect(try receipt.state() == .queued)
        try replica.push(&log)
        #expect(try receipt.state() == .accepted)
        #expect(try receipt.handles() == ["e~1"])
        let applied = try replica.pull(log)
        #expect(applied.map(\.settled) == [[try replica.status().replica: 1]])
        #expect(try receipt.state() == .confirmed(seq: 1))
        #expect(try receipt.handles() == ["e1"])
        #expect(try replica.view().find("e~1").id == event)
        #expect(try replica.status().waiting.isEmpty)
        replica.close()
        let again = try Replica.open(in: folder("r"))
        #expect(try again.receipt(of: receipt.change)?.state() == .confirmed(seq: 1))
        #expect(try again.receipt(of: receipt.change)?.made == [event])
    }

    @Test("other bytes under this file's name stop pushing by name, stay out of the outbox, and pulling goes on")
    func twin() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let mine = try replica.quickly { try $0.create("event", fields: [("title", "mine")]) }
        let twin = try Replica.test(folder, "twin", seed: 9)
        try twin.meet(log)
        try twin.quickly { try $0.create("event", fields: [("title", "the twin's")]) }
        var row = try twin.store.outbox(after: 0, of: nil, limit: 1)[0]
        row.replica = try replica.status().replica
        log.accept(row, by: twin.user)
        row.n = 2
        let applied = try replica.pull(log)
        #expect(applied[0].twin == .twin(replica: row.replica, n: 1))
        #expect(applied[0].settled.isEmpty)
        #expect(try replica.status().stop?.code == "twin")
        #expect(try replica.status().waiting.map(\.n) == [1])
        #expect(try replica.view().entity(mine)?.shown("title") == "mine")
        #expect(try replica.view().entities(kind: "event").count == 2)
        #expect(try replica.status().have == 1)
    }

    @Test("a refused change is parked for its author, its effect vanishes, and the rest stays")
    func refused() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let kept = try replica.quickly { try $0.create("event", fields: [("title", "kept")]) }
        let (gone, receipt) = try replica.record(from: replica.view(), reason: "why") { edit in
            try edit.set(kept, "title", "refused title")
            return try edit.create("event", fields: [("title", "gone"), ("tags", "y")])
        }
        try replica.quickly { edit in
            try edit.add(kept, "tags", "still here")
            try edit.note(on: gone, text: "on something refused")
        }
        let rows = try replica.store.outbox(after: 0, of: nil, limit: 9)
        log.accept(rows[0], by: replica.user)
        try log.refuse(rows[1], by: replica.user, code: "role")
        try replica.pull(log)
        #expect(try receipt.state() == .refused(code: "role", seq: 2))
        #expect(try replica.view().entity(gone) == nil)
        #expect(try replica.view().search("gone").isEmpty)
        let entity = try replica.view().find("e1")
        #expect(entity.shown("title") == "kept")
        #expect(entity.shownElements("tags", .current).map(\.value) == ["still here"])
        #expect(try replica.status().refused.map(\.why) == ["why"])
        #expect(try replica.status().waiting.map(\.n) == [3])
        #expect(try replica.verify(by: log.signer).problems == [])
        log.accept(rows[2], by: replica.user)
        try replica.pull(log)
        #expect(try replica.status().waiting.isEmpty)
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("a batch that does not follow or cannot be read leaves everything as it was", arguments: 0..<4)
    func badBatch(_ kind: Int) throws {
        var log = TestLog()
        let author = try Replica.test(folder, "a")
        try author.meet(log)
        for number in 1...3 { try author.quickly { try $0.create("event", fields: [("title", .string("\(number)"))]) } }
        try author.push(&log)
        let replica = try Replica.test(folder, "r", user: "bek", seed: 2)
        try replica.meet(log)
        var piece = try log.piece(1, 3)
        switch kind {
        // Its chain begins at another point than this file's ends.
        case 0: piece.before = log.heads[1]
        case 1: piece.first = 2
        case 2: piece.bytes.removeLast()
        default:
            // The chain fits, but a line cannot be read: the table of lines is rolled back with the rest.
            log.lines[2] = Array("{\"seq\":3}".utf8)
            log.heads[3] = chain(log.heads[2], log.lines[2])
            piece = try log.piece(1, 3)
        }
        let batch = Batch(piece)
        let before = try replica.exported()
        #expect(failure { try replica.store.apply(batch) } == .badBatch)
        #expect(try replica.status().have == 0)
        #expect(try replica.exported() == before)
        #expect(try replica.history().isEmpty)
        if kind < 3 {
            try replica.pull(log)
            #expect(try replica.status().have == 3)
        }
    }

    @Test("a checkpoint is stored with its lines or not at all: a full disk leaves neither")
    func fullDisk() throws {
        var log = TestLog()
        let author = try Replica.test(folder, "a")
        try author.meet(log)
        for number in 1...50 {
            try author.quickly {
                try $0.create(
                    "event", fields: [("title", .string("\(number)")), ("summary", .string(String(repeating: "x", count: 5000)))])
            }
        }
        try author.push(&log)
        let replica = try Replica.test(folder, "r", user: "bek", seed: 2)
        try replica.meet(log)
        try replica.store.apply(log.batch(1, 2))
        let checkpoint = try replica.store.read { _, meta in meta.checkpoint }
        try replica.store.onWriter { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count")!
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
        }
        #expect(failure { try replica.store.apply(log.batch(3, 50)) } == .diskFull)
        #expect(
            failure {
                try replica.quickly {
                    try $0.create("event", fields: [("title", "x"), ("summary", .string(String(repeating: "y", count: 90_000)))])
                }
            } == .diskFull)
        #expect(try replica.status().have == 2)
        #expect(try replica.status().waiting.isEmpty)
        #expect(try replica.store.read { _, meta in meta.checkpoint } == checkpoint)
        #expect(try replica.verify(by: log.signer).problems == [])
        try replica.store.onWriter { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try replica.pull(log)
        #expect(try replica.verify(by: log.signer).entries == 50)
    }

    @Test("an item that others took for another kind before its create arrived is what its create says")
    func otherKind() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        let bek = try Replica.test(folder, "b", user: "bek", seed: 2)
        for one in [replica, bek] { try one.meet(log) }
        let event = try replica.quickly { try $0.create("event", fields: [("title", "event")]) }
        let id = try #require(ChangeID("0123456789abcdef"))
        let early = Change(
            id: id, n: 1, prev: nil, base: Base(seq: 0, hash: nil), at: Instant(milliseconds: 0),
            operations: [ChangeOperation("note", .set(on: event, field: "text", value: "early"))])
        let bytes = ChangeCodec.encode(early)
        log.accept(
            PendingRow(replica: Name("rx")!, n: 1, id: id, bytes: bytes, hash: shortHash(bytes), state: .queued), by: Name("chen")!)
        func check() throws {
            for one in [replica, bek] {
                try one.pull(log, batch: 1)
                #expect(try one.verify(by: log.signer).problems == [])
            }
        }
        try check()
        #expect(try replica.view().find("e~1").id == event)
        #expect(try bek.view().entity(event) == nil)
        try replica.quickly { try $0.add(event, "tags", "t") }
        try replica.push(&log)
        try check()
        #expect(try bek.view().find("e2").shown("title") == "event")
        #expect(try sqlite3(bek, "SELECT count(*) FROM kind_note") == "0")
        #expect(try replica.exported() == bek.exported())
        #expect(try bek.exported() == oracle(log, through: log.seq, pending: [], user: bek.user))
    }

    @Test("a pull folds again only what it touches, however much is pending")
    func touchedOnly() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        let other = try Replica.test(folder, "o", user: "bek", seed: 2)
        for one in [replica, other] { try one.meet(log) }
        let shared = try other.quickly { edit in try (1...3).map { try edit.create("event", fields: [("title", .string("\($0)"))]) } }
        try other.push(&log)
        for one in [replica, other] { try one.pull(log) }
        for number in 1...40 {
            try replica.quickly { edit in
                try edit.create("event", fields: [("title", .string("pending \(number)"))])
                if number % 10 == 0 { try edit.add(shared[0], "tags", .string("t\(number)")) }
            }
        }
        try other.quickly { edit in
            try edit.set(shared[0], "title", "touched")
            try edit.set(shared[1], "title", "touched too")
        }
        try other.push(&log)
        try replica.pull(log)
        let written = try replica.store.read { db, meta in
            try String.fetchAll(db, sql: "SELECT _id FROM kind_event WHERE _changed = ? ORDER BY _id", arguments: [meta.generation])
        }
        #expect(written == [shared[0], shared[1]].map(\.raw).sorted())
        #expect(try replica.view().entity(shared[0])?.shownElements("tags", .current).count == 4)
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("a server's last n says anew which rows are queued, and marks never go back")
    func states() throws {
        let log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        for number in 1...4 { try replica.quickly { try $0.create("event", fields: [("title", .string("\(number)"))]) } }
        let name = try replica.status().replica
        func states() throws -> [ChangeState] { try replica.status().waiting.map(\.state) }
        try replica.store.mark(name, upTo: 3, .sent)
        #expect(try states() == [.sent, .sent, .sent, .queued])
        try replica.store.mark(name, upTo: 1, .accepted)
        try replica.store.mark(name, upTo: 3, .sent)
        #expect(try states() == [.accepted, .sent, .sent, .queued])
        #expect(try replica.store.outbox(after: 3, of: name, limit: 5).map(\.n) == [4])
        try replica.store.recomputeStates(last: [name: 2])
        #expect(try states() == [.accepted, .accepted, .queued, .queued])
        #expect(try replica.store.outbox(after: 0, of: nil, limit: 1).map(\.n) == [3])
        try replica.store.recomputeStates(last: [:])
        #expect(try states() == [.queued, .queued, .queued, .queued])
    }
}
