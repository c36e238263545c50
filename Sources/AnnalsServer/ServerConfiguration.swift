public import AnnalsModel
public import AnnalsWire

/// What an operator decides when a server starts.
public struct ServerConfiguration: Sendable {
    /// The folder of the log store and the server's key.
    public var dataDirectory: String
    /// Host and port to listen on; nil for none. Port 0 lets the system choose.
    public var tcp: (host: String, port: UInt16)?
    /// The path of a Unix socket to listen on; nil for none.
    public var socketPath: String?
    /// Workspaces to serve; the missing ones are made.
    public var workspaces: [Name]
    public var roles: [Name: Role]
    /// Whether anyone who reaches the server may sign in by a name alone: for development, on loopback only.
    public var allowsDevelopmentUsers: Bool
    public var limits: Limits

    public init(
        dataDirectory: String, tcp: (host: String, port: UInt16)? = nil, socketPath: String? = nil, workspaces: [Name],
        roles: [Name: Role] = [:], allowsDevelopmentUsers: Bool = false, limits: Limits = Limits()
    ) {
        self.dataDirectory = dataDirectory
        self.tcp = tcp
        self.socketPath = socketPath
        self.workspaces = workspaces
        self.roles = roles
        self.allowsDevelopmentUsers = allowsDevelopmentUsers
        self.limits = limits
    }
}

/// Why a server did not start.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The address is not loopback: until there is TLS, only this machine may be listened to.
        case notLoopback = "not_loopback"
        /// Neither an address nor a socket was given.
        case nowhereToListen = "nowhere_to_listen"
        /// Nobody could sign in.
        case noSignIn = "no_sign_in"
        case store
        case network
    }

    public var code: Code
    /// What, where and what to do.
    public var description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
