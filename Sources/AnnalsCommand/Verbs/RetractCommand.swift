import Annals
import AnnalsModel
import ArgumentParser

struct RetractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retract", abstract: "Take an item back: it leaves the lists and stays in the record.",
        discussion: Help.text(
            "Nothing is deleted: annals restore brings it back. Where someone else worked on it meanwhile, that is a conflict for a person.",
            example: #"annals retract e~2 -m "the same event as e12""#))

    @Argument(help: "The item.") var handle: String?
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let entity = try desk.find(handle, kinds: [], for: "retract")
        let name = desk.name(entity.id)
        guard entity.isPresent else {
            throw CommandFailure(
                "\(name) is retracted already", at: desk.asOf, do: "nothing was recorded; annals restore \(name) brings it back")
        }
        try desk.record(record, about: name) { try $0.retract(entity) }
    }
}
