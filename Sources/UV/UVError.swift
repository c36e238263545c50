import CUV

/// What libuv or the system refused, while doing what, and what a person can do about it.
///
///     could not listen on 127.0.0.1:4400: address already in use (EADDRINUSE); stop the program that uses it, …
public struct UVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A libuv status: negative, the same on every platform by name though not by number.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) { self.rawValue = rawValue }

        init(_ code: uv_errno_t) { rawValue = code.rawValue }

        public static let addressInUse = Code(UV_EADDRINUSE)
        public static let addressNotAvailable = Code(UV_EADDRNOTAVAIL)
        public static let brokenPipe = Code(UV_EPIPE)
        /// The loop stopped, or the caller changed its mind.
        public static let canceled = Code(UV_ECANCELED)
        public static let connectionRefused = Code(UV_ECONNREFUSED)
        public static let connectionReset = Code(UV_ECONNRESET)
        public static let invalidArgument = Code(UV_EINVAL)
        public static let nameTooLong = Code(UV_ENAMETOOLONG)
        public static let notFound = Code(UV_ENOENT)
        public static let permissionDenied = Code(UV_EACCES)
        public static let timedOut = Code(UV_ETIMEDOUT)
        public static let tooManyOpenFiles = Code(UV_EMFILE)
        public static let unknownHost = Code(UV_EAI_NONAME)

        /// The name that C gives it: `EADDRINUSE`.
        public var name: String { text { uv_err_name_r(rawValue, $0, $1) } }

        /// libuv's sentence for it: `address already in use`.
        public var message: String { text { uv_strerror_r(rawValue, $0, $1) } }

        public var description: String { name }

        /// libuv's `_r` forms, since the others leak memory for codes they do not know.
        private func text(_ write: (UnsafeMutablePointer<CChar>, Int) -> UnsafeMutablePointer<CChar>?) -> String {
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
                guard let base = buffer.baseAddress, let written = write(base, buffer.count) else { return "" }
                return String(cString: written)
            }
        }
    }

    public let code: Code

    /// What was being done, as it follows "could not": `listen on 127.0.0.1:4400`. Never what a peer sent.
    public let action: String

    public init(_ code: Code, _ action: String) {
        self.code = code
        self.action = action
    }

    init(status: Int32, _ action: String) { self.init(Code(rawValue: status), action) }

    public var message: String { code.message }

    /// What the person at the keyboard can do; nil where nothing general can be said.
    public var wayOut: String? {
        switch code {
        case .addressInUse: "stop the program that uses it, or choose another port or path"
        case .addressNotAvailable: "this machine has no such address: take one of its own, or 0.0.0.0 for all"
        case .connectionRefused: "nothing listens there: start the server, or check the host, port or path"
        case .invalidArgument: "check the address or path"
        case .nameTooLong: "a Unix socket's path holds at most \(unixPathBytesMax) bytes: choose a shorter one"
        case .notFound: "check that the path exists"
        case .permissionDenied: "check the permissions of the path; ports below 1024 are reserved to root"
        case .timedOut: "check that the host is up and that no firewall stands between"
        case .tooManyOpenFiles: "raise the limit of open files (ulimit -n)"
        case .unknownHost, Code(UV_EAI_AGAIN), Code(UV_EAI_NODATA): "check the host's name and the network"
        case Code(UV_ENOSPC): "the disk is full, or the limit of watches is (sysctl fs.inotify.max_user_watches)"
        default: nil
        }
    }

    public var description: String {
        "could not \(action): \(message) (\(code.name))" + (wayOut.map { "; " + $0 } ?? "")
    }
}

/// Throws what a libuv status says; the action is only spelt out where it failed.
func check(_ status: Int32, _ action: @autoclosure () -> String) throws(UVError) {
    if status < 0 { throw UVError(status: status, action()) }
}
