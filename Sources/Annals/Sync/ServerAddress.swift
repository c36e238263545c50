public import AnnalsModel

/// Where a workspace is served: `annals://HOST[:PORT]/WORKSPACE`, or `annals+unix:PATH?ws=WORKSPACE` for a Unix socket.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// How the server is reached.
    public enum Transport: Sendable, Hashable {
        case tcp(host: String, port: UInt16)
        case unix(path: String)
    }

    /// The port of a server that says nothing else.
    public static let defaultPort: UInt16 = 7414

    /// How the server is reached.
    public var transport: Transport
    /// The workspace there.
    public var workspace: Name

    /// The address of a workspace on a server.
    public init(_ transport: Transport, workspace: Name) {
        self.transport = transport
        self.workspace = workspace
    }

    /// Reads an address as a person writes it.
    ///
    /// - Throws: ``AnnalsError`` with the forms that are understood.
    public static func parse(_ text: String) throws(AnnalsError) -> ServerAddress {
        if let rest = text.removing("annals+unix:") {
            let parts = rest.split(separator: "?ws=", maxSplits: 1, omittingEmptySubsequences: false)
            let path = parts[0].hasPrefix("//") ? parts[0].dropFirst(2) : parts[0]
            guard parts.count == 2, path.hasPrefix("/"), let workspace = Name(String(parts[1])) else { throw malformed }
            return ServerAddress(.unix(path: String(path)), workspace: workspace)
        }
        guard let rest = text.removing("annals://"), let slash = rest.lastIndex(of: "/"),
            let workspace = Name(String(rest[rest.index(after: slash)...]))
        else { throw malformed }
        var host = rest[..<slash]
        var port = defaultPort
        // An IPv6 address stands in brackets, so that its colons are no port's.
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let number = UInt16(host[host.index(after: colon)...]), number > 0 else { throw malformed }
            port = number
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("/") else { throw malformed }
        return ServerAddress(.tcp(host: String(host), port: port), workspace: workspace)
    }

    private static var malformed: AnnalsError {
        AnnalsError(
            .usage, "not the address of a workspace",
            wayOut: "Write annals://HOST[:PORT]/WORKSPACE or annals+unix:/PATH?ws=WORKSPACE.")
    }

    /// The address as a person writes it; `parse` reads it back.
    public var description: String {
        switch transport {
        case .tcp(let host, let port):
            "annals://" + (host.contains(":") ? "[\(host)]" : host) + (port == Self.defaultPort ? "" : ":\(port)")
                + "/\(workspace)"
        case .unix(let path): "annals+unix:\(path)?ws=\(workspace)"
        }
    }
}

extension String {
    fileprivate func removing(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
