import Annals
import AnnalsCore
import AnnalsModel
import AnnalsServer
import AnnalsTesting
import Foundation
import Logging

/// A server in this process, for replicas to meet.
struct Desk {
    let folder: TemporaryFolder
    let server: Server
    let address: ServerAddress

    static func open(_ folder: TemporaryFolder, data: String = "server", port: UInt16 = 0) async throws -> Desk {
        let server = try await Server.start(
            ServerConfiguration(
                dataDirectory: folder.file(data), tcp: ("127.0.0.1", port), workspaces: [name("main")],
                roles: [name("carla"): .curator, name("rita"): .reader], allowsDevelopmentUsers: true),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        return Desk(
            folder: folder, server: server,
            address: ServerAddress(.tcp(host: "127.0.0.1", port: server.port ?? 0), workspace: name("main")))
    }

    func replica(_ user: String) throws -> Replica {
        try FileManager.default.createDirectory(atPath: folder.file(user), withIntermediateDirectories: true)
        return try Replica.create(in: folder.file(user), user: name(user), workspace: name("main"), server: address.description)
    }
}

func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("not a name: \(text)") }
    return name
}

/// An export as one piece, to compare.
func exported(_ replica: Replica, asOf point: Point? = nil) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try replica.export(asOf: point) { bytes += $0 + [UInt8(ascii: "\n")] }
    return bytes
}
