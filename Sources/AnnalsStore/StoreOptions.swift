/// How a store is opened; everything but the defaults is for tests.
package struct StoreOptions: Sendable {
    /// When SQLite waits for the disk.
    package enum Synchronous: Int, Sendable {
        case off = 0
        case normal = 1
        /// After every commit: the only one that keeps what was acknowledged.
        case full = 2
    }

    package var synchronous: Synchronous
    /// The name of a SQLite VFS; nil: the default one.
    package var vfs: String?
    /// How long to wait for a lock that another program holds.
    package var busySeconds: Double
    /// How many threads can read at once; more wait.
    package var readersMax: Int
    /// The size of the write-ahead log, in pages, from which a commit also checkpoints.
    package var checkpointPages: Int
    /// From how many bytes on a group's lines stand in ``LinesFile``.
    package var apartBytes: Int
    /// Whether ``LinesFile`` is synced before a row names what it holds. False loses lines: for the test that would miss it.
    package var syncsLines: Bool

    package init(
        synchronous: Synchronous = .full, vfs: String? = nil, busySeconds: Double = 5, readersMax: Int = 4,
        checkpointPages: Int = 512, apartBytes: Int = 64 << 10, syncsLines: Bool = true
    ) {
        self.synchronous = synchronous
        self.vfs = vfs
        self.busySeconds = busySeconds
        self.readersMax = readersMax
        self.checkpointPages = checkpointPages
        self.apartBytes = apartBytes
        self.syncsLines = syncsLines
    }
}
