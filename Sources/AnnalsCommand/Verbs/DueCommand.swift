import Annals
import AnnalsModel
import ArgumentParser
import EDTF

struct DueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "due", abstract: "What was promised, by when, and where it stands on a day.",
        discussion: Help.text(
            """
            A deadline that follows an event is as uncertain as the event's date: what can have ended is possibly overdue, what must have ended is \
            overdue. A commitment is conditional while something else must come about first, and met when everybody who judged it says 3. \
            Nothing of this is stored: it follows from dates, conditions and judgments, as the record stands or stood (--as-of).
            """,
            example: """
                annals due --on 2026-02-08
                annals due --month --json
                """))

    @Option(help: ArgumentHelp("The day; today where it is left out.", valueName: "date")) var on: String?
    @Flag(help: "Only what can end in that day's month.") var month = false
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        let day = try Self.day(on)
        var lines = try desk.view.ledger(on: day)
        if month { lines = lines.filter { $0.standing.canEnd(in: day) } }
        let text = LedgerText(desk: desk)
        if desk.isJSON {
            desk.console.lines(lines.map { JSONLine.text(text.json($0, on: day)) })
        } else {
            desk.console.lines(try text.lines(lines))
            desk.console.remark(lines.isEmpty ? "no commitments" + (month ? " that can end in this month" : "") : "on \(day)")
        }
        desk.sayAsOf()
    }

    static func day(_ word: String?) throws -> EDTFDay {
        guard let word else {
            let today = String(LocalClock.text(LocalClock.now()).prefix(10))
            guard let day = try? EDTF(today).earliest else {
                throw CommandFailure.usage("today is no date", at: "--on", do: "give --on DATE")
            }
            return day
        }
        guard let date = try? EDTF(word), let day = date.earliest, day == date.latest else {
            throw CommandFailure.usage("this is no day", at: "--on", do: "give one such as 2026-02-08")
        }
        return day
    }
}

extension CommitmentStanding {
    /// Whether its deadline and the day's month have a day in common.
    fileprivate func canEnd(in day: EDTFDay) -> Bool {
        guard let deadline, let first = EDTFDay(year: day.year, month: day.month, day: 1) else { return false }
        let next = DayBounds(earliest: first, latest: first).adding("P1M")?.earliest ?? first
        return (deadline.earliest.map { $0 < next } ?? true) && (deadline.latest.map { first <= $0 } ?? true)
    }
}
