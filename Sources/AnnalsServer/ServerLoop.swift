internal import AnnalsCore
internal import Logging
internal import UV

/// The one event-loop thread, as the rest of the program reaches it.
actor ServerLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Until it listens: then it is what happens on the loop.
    private var core: ServerCore?
    private let logger: Logger
    /// Nil until it listens.
    private var turns: ServerTurns?

    init(loop: EventLoop, core: ServerCore, logger: Logger) {
        self.loop = loop
        self.core = core
        self.logger = logger
    }

    /// Listens, and from then on serves.
    ///
    /// - Returns: the TCP port that was bound; nil without TCP.
    func start(_ configuration: ServerConfiguration, store: any LogStore) throws -> UInt16? {
        guard let core else { preconditionFailure("a server is started once") }
        self.core = nil
        let turns = ServerTurns(loop: loop, core: core, logger: logger) { [self] work in
            loop.post { self.assumeIsolated { $0.turns.map(work) } }
        }
        self.turns = turns
        return try turns.start(configuration, store: store)
    }

    /// Stops listening, lets the commit under way end, says goodbye and closes.
    ///
    /// - Returns: the threads that are still to be stopped, off the loop.
    func stop() -> [WorkerThread] { turns?.stop() ?? [] }
}
