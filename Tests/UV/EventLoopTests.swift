import Testing

import UV

@Suite("Event loop", .timeLimit(.minutes(1)))
struct EventLoopTests {
    @Test("everything posted from many threads runs, in order per thread")
    func postFromManyThreads() async throws {
        let threads = 8
        let perThread = 2000
        let seen = Locked<[[Int]]>(Array(repeating: [], count: threads))
        try await withLoop { loop in
            try onThreads(threads) { thread in
                for index in 0..<perThread {
                    loop.post { seen.withLock { $0[thread].append(index) } }
                }
            }
        }
        #expect(seen.withLock { $0 } == Array(repeating: Array(0..<perThread), count: threads))
    }

    @Test("work runs on the loop's thread, and never before post returns there")
    func postedWorkIsOnLoop() async throws {
        try await withLoop { loop in
            #expect(!loop.isOnLoop)
            let order = Locked<[Int]>([])
            try await value(on: loop) {
                loop.post {
                    loop.preconditionOnLoop()
                    order.withLock { $0.append(2) }
                }
                order.withLock { $0.append(1) }
            }
            try await value(on: loop) {}
            #expect(order.withLock { $0 } == [1, 2])
        }
    }

    @Test("a turn's watchers are called before the loop waits and after all that came, once each")
    func turns() async throws {
        try await withLoop { loop in
            let order = try await outcome(on: loop) { (resolve: @escaping ([String]) -> Void) in
                let order = Locked<[String]>([])
                _ = TurnWatcher(on: loop, .beforeWaiting) { order.withLock { $0.append("before") } }
                var last: TurnWatcher?
                last = TurnWatcher(on: loop, .afterEvents) {
                    let all = order.withLock { order in
                        order.append("after")
                        return order
                    }
                    guard all.contains("work") else { return }
                    last?.close()
                    resolve(all)
                }
                for _ in 0..<3 { loop.post { order.withLock { $0.append("work") } } }
            }
            #expect(order.suffix(5) == ["before", "work", "work", "work", "after"])
        }
    }

    @Test("work posted before start waits for it, and stop runs what was posted before")
    func postAroundStartAndStop() throws {
        let ran = Locked(0)
        let loop = try EventLoop()
        #expect(loop.post { ran.withLock { $0 += 1 } })
        try loop.start()
        for _ in 0..<100 { loop.post { ran.withLock { $0 += 1 } } }
        loop.stop()
        #expect(ran.withLock { $0 } == 101)
        #expect(!loop.post { ran.withLock { $0 += 1 } })
        loop.stop()
        #expect(ran.withLock { $0 } == 101)
    }

    @Test("a loop that never ran stops and is freed")
    func neverStarted() throws {
        weak var freed: EventLoop?
        do {
            let loop = try EventLoop()
            freed = loop
            loop.stop()
        }
        #expect(freed == nil)
        do {
            let unused = try EventLoop()
            unused.post { _ = 1 }
            freed = unused
        }
        #expect(freed == nil)
    }

    @Test("a stopped loop is freed, with the work it was given")
    func stoppedLoopIsFreed() throws {
        weak var freed: EventLoop?
        do {
            let loop = try EventLoop()
            freed = loop
            try loop.start()
            loop.post { Timer(on: loop) { _ = loop }.start(afterMilliseconds: 1_000_000) }
            loop.stop()
        }
        #expect(freed == nil)
    }

    /// Proves that an actor may use handles and be called back by them without any hop.
    actor EchoServer {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private var listener: Listener?
        private var streams: [UV.Stream] = []
        private(set) var received = 0

        init(_ loop: EventLoop) { self.loop = loop }

        func start() throws -> UInt16? {
            let listener = try Listener(on: loop, host: "127.0.0.1", port: 0)
            listener.onConnection = { stream in self.accepted(stream) }
            self.listener = listener
            return listener.address?.port
        }

        private func accepted(_ stream: UV.Stream) {
            streams.append(stream)
            stream.onRead = { bytes in
                self.received += bytes.count
                stream.write(Array(bytes))
            }
            stream.startReading()
        }
    }

    @Test("an actor lives on the loop and is called back there")
    func actorOnLoop() async throws {
        try await withLoop { loop in
            let server = EchoServer(loop)
            let port = try #require(try await server.start())
            let answer = try await outcome(on: loop) { resolve in
                Stream.connect(on: loop, host: "127.0.0.1", port: port) { result in
                    guard case .success(let stream) = result else { return resolve("") }
                    stream.onRead = { resolve(String(decoding: $0, as: UTF8.self)) }
                    stream.startReading()
                    stream.write(Array("hello".utf8))
                }
            }
            #expect(answer == "hello")
            #expect(await server.received == 5)
        }
    }

    actor Counter {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private(set) var count = 0
        init(_ loop: EventLoop) { self.loop = loop }
        func add() {
            loop.preconditionOnLoop()
            count += 1
            // A handle made on a stopped loop is closed from birth.
            let timer = Timer(on: loop) {}
            timer.start(afterMilliseconds: 0)
            timer.close()
        }
    }

    @Test("awaiting an actor never hangs: before, while and after its loop stops", arguments: [true, false])
    func actorOfStoppedLoop(isStarted: Bool) async throws {
        let loop = try EventLoop()
        let counter = Counter(loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<200 { await counter.add() } }
            }
            if isStarted { try loop.start() }
            loop.stop()
            try await group.waitForAll()
        }
        #expect(await counter.count == 800)
    }

    @Test("a handle touched off its loop stops the program")
    func offLoop() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            try loop.start()
            _ = Timer(on: loop) {}
        }
    }

    @Test("stop called on the loop itself stops the program instead of hanging")
    func stopOnLoop() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            try loop.start()
            try await value(on: loop) { loop.stop() }
        }
    }
}
