import Annals
import AnnalsModel
import AnnalsServer
import ArgumentParser
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve workspaces to replicas.",
        discussion: Help.text(
            """
            The log is kept in the data folder; stopping by SIGTERM or Ctrl-C loses nothing. Users are known by the Unix socket's peer, or with \
            --dev-users by the name that they give: that is for one's own machine, and never listens beyond it.
            """,
            example: "annals serve --data desk-server --workspace caucasus --dev-users"))

    @Option(help: ArgumentHelp("The address and port to listen on.", valueName: "host:port")) var listen = "127.0.0.1:7414"
    @Option(help: ArgumentHelp("The folder for the logs; made where there is none.", valueName: "dir")) var data: String
    @Option(help: ArgumentHelp("A Unix socket to listen on too.", valueName: "path")) var socket: String?
    @Option(help: ArgumentHelp("A workspace; may be given more than once. main where none is.", valueName: "name")) var workspace:
        [String] = []
    @Option(help: ArgumentHelp("A user who is a curator; may be given more than once.", valueName: "name")) var curator: [String] = []
    @Option(help: ArgumentHelp("A user who only reads; may be given more than once.", valueName: "name")) var reader: [String] = []
    @Flag(help: "Take users at their word: for development, on this machine only.") var devUsers = false
    @OptionGroup var place: PlaceOptions

    func run() async throws {
        try place.stand()
        let workspaces = try (workspace.isEmpty ? ["main"] : workspace).map { try InitCommand.name($0, "--workspace") }
        let curators = try curator.map { try InitCommand.name($0, "--curator") }
        let readers = try reader.map { try InitCommand.name($0, "--reader") }
        let (host, port) = try Self.address(listen)
        guard !devUsers || Self.isLoopback(host) else {
            throw CommandFailure.usage(
                "users taken at their word are for this machine only", at: "--listen \(listen)",
                do: "listen on 127.0.0.1, or leave --dev-users out")
        }
        guard Set(curators).isDisjoint(with: readers) else {
            throw CommandFailure.usage("a user has two roles", at: "--curator, --reader", do: "name each user once")
        }
        let roles = Dictionary(curators.map { ($0, Role.curator) } + readers.map { ($0, Role.reader) }) { first, _ in first }
        let stop = StopSignal.watch()
        let server = try await Server.start(
            ServerConfiguration(
                dataDirectory: data, tcp: (host, port), socketPath: socket, workspaces: workspaces, roles: roles,
                allowsDevelopmentUsers: devUsers),
            logger: Logger(label: "annals") { _ in StreamLogHandler.standardError(label: "annals") })
        let address = "annals://\(host.contains(":") ? "[\(host)]" : host):\(server.port ?? port)"
        place.console.line("serving \(workspaces.map { "\(address)/\($0)" }.joined(separator: ", ")) from \(data)")
        for await _ in stop { break }
        try await server.stop()
        place.console.line("stopped; everything acknowledged is on disk")
    }

    static func address(_ text: String) throws -> (host: String, port: UInt16) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw CommandFailure.usage("this is no address", at: "--listen", do: "give HOST:PORT, such as 127.0.0.1:7414 or [::1]:7414")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else {
            throw CommandFailure.usage("the address has no host", at: "--listen", do: "give HOST:PORT, such as 127.0.0.1:7414")
        }
        return (String(host), port)
    }

    static func isLoopback(_ host: String) -> Bool {
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        return host == "localhost" || host == "::1" || (numbers.count == 4 && numbers[0] == 127)
    }
}
