import Foundation
import Testing

@testable import AnnalsCommand

@Suite("What follows from the record: due, show") struct DueTests {
    private func desk() throws -> Bench {
        let bench = try Bench()
        try bench.done("init", "--user", "golden")
        try bench.done("import", "--items", ItemsTests.article.path)
        return bench
    }

    @Test("due says the state, when it ends, what it rests on and who has not accepted it")
    func text() throws {
        let out = try desk().done("due", "--on", "2026-02-08")
        #expect(
            out.hasPrefix(
                """
                possibly overdue
                  c~1  2026-02-07..2026-02-08  Create the Strategic Working Group
                                               within P6M of e~1.2 (2025-08-07..2025-08-08), implied
                """), "\(out)")
        #expect(out.contains("undertaking of Government of Azerbaijan (a~1.3)"))
        #expect(out.contains("“within six months”"))
        #expect(out.contains("(a~1.13) is recorded") && out.contains("no acceptance by "), "\(out)")
        #expect(out.contains("requires c~1.3, inferred: open"))
    }

    @Test("due --month shows what can end in that month only; --json has ids and all it rests on")
    func month() throws {
        let bench = try desk()
        for (day, count) in [("2026-02-01", 1), ("2026-01-31", 0), ("2026-02-28", 1), ("2026-03-01", 0)] {
            let run = try bench.annals("due", "--on", day, "--month", "--json")
            #expect(run.status == 0 && run.lines.count == count, "\(day): \(run.err)")
            if count == 0 { continue }
            for part in [#""deadline":{"earliest":"2026-02-07","latest":"2026-02-08"}"#, #""handle":"c~1""#, #""disputed":false"#] {
                #expect(run.out.contains(part), "\(part)")
            }
        }
        #expect(try bench.annals("due", "--on", "2026-02-01", "--month").err.contains("on 2026-02-01"))
        #expect(try bench.annals("due", "--on", "2026-01-31", "--month").err.contains("no commitments that can end in this month"))
    }

    @Test("due asks for a day", arguments: ["2026-02", "2026-02-30", "[2026-02-01..2026-02-02]", "soon"])
    func noDay(word: String) throws {
        let run = try desk().annals("due", "--on", word)
        #expect(run.status == 64 && run.err.contains("this is no day"))
    }

    @Test("show says where an instrument stands, and a commitment today")
    func show() throws {
        let bench = try desk()
        #expect(try bench.done("show", "i~1.6").contains("→ status     initialed by e~1.7, 2025-08-07..2025-08-08"))
        #expect(try bench.done("show", "i~1.4").contains("suspended by e~1.4"))
        #expect(try bench.done("show", "c~1.5").contains("→ today        conditional"))
        #expect(try bench.done("show", "c~1").contains("ends 2026-02-07..2026-02-08"))
    }
}
