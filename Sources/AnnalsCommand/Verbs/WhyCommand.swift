import Annals
import AnnalsModel
import ArgumentParser

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Why an item, or one of its fields, says what it says.",
        discussion: Help.text(
            """
            Every value it had, the latest last: who said it, when, on seeing what, and the reason; what became of it; then the passages that \
            support or contradict it, from how many distinct sources, and what disputes it.
            """,
            example: """
                annals why e~2.when
                annals why e~2 --json
                """))

    @Argument(help: "The item, or its field (e40.when).") var handle: String?
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        let (entity, field) = try desk.target(handle, for: "explain")
        let why = try desk.replica.provenance(of: entity.id, field: field, asOf: look.point(), blindFor: desk.blindFor)
        let text = ProvenanceText(desk: desk)
        if desk.isJSON {
            desk.console.line(JSONLine.text(text.json(why)))
            return
        }
        desk.console.lines(try text.lines(why))
        desk.sayAsOf()
    }
}
