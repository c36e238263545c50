import Annals
import AnnalsModel
import ArgumentParser

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring a retracted item back.",
        discussion: Help.text(
            "The item shows again with everything that was recorded on it.",
            example: """
                annals retract e~2
                annals restore e~2
                """))

    @Argument(help: "The item.") var handle: String?
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let entity = try desk.find(handle, kinds: [], for: "restore")
        let name = desk.name(entity.id)
        guard entity.existence.heads.contains(where: { $0.value.string == Existence.retracted.rawValue }) else {
            throw CommandFailure("\(name) is not retracted", at: desk.asOf, do: "nothing was recorded")
        }
        try desk.record(record, about: name) { try $0.restore(entity) }
    }
}
