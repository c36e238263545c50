import Annals
import AnnalsModel
import ArgumentParser

struct CloneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone", abstract: "Make a replica from a server.",
        discussion: Help.text(
            """
            The folder is named after the workspace where none is given. Where the server is not reached the folder stays: annals sync in it \
            goes on from there.
            """,
            example: "annals clone annals://desk.example/caucasus --user aliya"))

    @Argument(help: ArgumentHelp("annals://HOST[:PORT]/WORKSPACE", valueName: "url")) var server: String
    @Argument(help: ArgumentHelp("The folder; made where there is none.", valueName: "dir")) var folder: String?
    @Option(help: ArgumentHelp("Who records here, as the server knows them.", valueName: "name")) var user: String
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var place: PlaceOptions

    func run() async throws {
        let address = try ServerAddress.parse(server)
        let user = try InitCommand.name(user, "--user")
        try place.stand()
        let directory = folder ?? address.workspace.raw
        let replica = try Replica.create(in: directory, user: user, workspace: address.workspace, server: address.description)
        let summary = try await SyncCommand.sync(replica, with: address, live: false, place.console, progress)
        if place.json {
            place.console.line(JSONLine.text([("directory", .string(replica.directory))] + SyncCommand.members(summary)))
        } else {
            place.console.remark("cloned \(address.workspace) into \(replica.directory): \(summary.have) entries")
        }
    }
}
