import Annals
import AnnalsModel
import ArgumentParser

struct AssignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Say who is to code an item.",
        discussion: Help.text(
            """
            More than one coder may be asked. What a coder still has to do: annals list --assigned NAME --uncoded. --remove takes the task back; what \
            they have coded stays.
            """,
            example: """
                annals assign e~2 ben carol
                annals assign e~2 carol --remove
                annals list event --assigned ben
                """))

    static let field = "assignees"

    @Argument(help: "The item.") var handle: String?
    @Argument(help: "The users.") var users: [String] = []
    @Flag(help: "They need not.") var remove = false
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let names = try users.map { Value.string(try InitCommand.name($0, "annals assign").raw) }
        try SetElements(field: Self.field, what: "a user", remove: remove).run(handle, names, verb: "assign", Desk(place), record)
    }
}
