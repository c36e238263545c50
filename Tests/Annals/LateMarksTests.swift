import AnnalsCore
import AnnalsModel
import Testing

@testable import Annals

@Suite struct LateMarksTests {
    private let mine = Name("r1")!
    private let other = Name("r2")!

    @Test("a change that the stream has brought is not marked any more, later ones and others' are")
    func settled() {
        var marks = LateMarks()
        marks.note(.init(replica: mine, n: 3, state: .sent))
        marks.note(.init(replica: mine, n: 2, state: .accepted))
        marks.note(.init(replica: other, n: 1, state: .sent))
        marks.settled([mine: 2])
        #expect(marks.take() == [.init(replica: mine, n: 3, state: .sent), .init(replica: other, n: 1, state: .sent)])
        #expect(marks.isEmpty && marks.take().isEmpty)
    }

    @Test("of one state the last mark stands for those before it, and states keep their order")
    func joined() {
        var marks = LateMarks()
        for n in 1...3 { marks.note(.init(replica: mine, n: Int64(n), state: .sent)) }
        marks.note(.init(replica: mine, n: 3, state: .accepted))
        #expect(marks.take() == [.init(replica: mine, n: 3, state: .sent), .init(replica: mine, n: 3, state: .accepted)])
    }
}
