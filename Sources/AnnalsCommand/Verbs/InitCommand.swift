import Annals
import AnnalsModel
import ArgumentParser

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a replica in a folder: a record that works offline.",
        discussion: Help.text(
            """
            The folder may hold other files; the record is kept in .annals/ in it. Everything that is recorded there bears the user's name. \
            A server may be named now, with the first sync, or never.
            """,
            example: "annals init caucasus --user aliya --workspace caucasus"))

    @Argument(help: ArgumentHelp("The folder; made where there is none.", valueName: "dir")) var folder: String?
    @Option(help: ArgumentHelp("Who records here, as the server knows them: a-z 0-9 . _ ~ -", valueName: "name")) var user: String
    @Option(help: ArgumentHelp("The workspace on the server.", valueName: "name")) var workspace: String?
    @Option(help: ArgumentHelp("annals://HOST[:PORT]/WORKSPACE", valueName: "url")) var server: String?
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let user = try InitCommand.name(user, "--user")
        let address = try server.map { text throws -> ServerAddress in try ServerAddress.parse(text) }
        let workspace = try workspace.map { try InitCommand.name($0, "--workspace") } ?? address?.workspace
        if let workspace, let address, workspace != address.workspace {
            throw CommandFailure.usage("the server's address names another workspace", at: "--workspace", do: "name it once, in --server")
        }
        try place.stand()
        let directory = folder ?? "."
        let replica = try Replica.create(in: directory, user: user, workspace: workspace, server: address?.description)
        if place.json {
            place.console.line(JSONLine.text([("directory", .string(replica.directory)), ("user", .string(user.raw))]))
        } else {
            place.console.remark("replica of \(user) made in \(directory == "." ? "this folder" : directory). Next: annals import FILE")
        }
    }

    static func name(_ text: String, _ flag: String) throws -> Name {
        guard let name = Name(text) else {
            throw CommandFailure.usage("this is no name", at: flag, do: "use 1 to 64 of a-z 0-9 . _ ~ -, such as \(flag) aliya")
        }
        return name
    }
}
