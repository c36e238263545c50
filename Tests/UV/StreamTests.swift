import Glibc
import Testing

import UV

@Suite("Stream", .timeLimit(.minutes(1)))
struct StreamTests {
    @Test("what is sent comes back from an echo", arguments: Endpoint.allCases)
    func echo(endpoint: Endpoint) async throws {
        let answer = try await withLoop { loop in
            try await outcome(on: loop) { resolve in
                try endpoint.pair(on: loop) { client, server in
                    server.onRead = { server.write(Array($0)) }
                    server.startReading()
                    client.onRead = { resolve(String(decoding: $0, as: UTF8.self)) }
                    client.startReading()
                    client.write(Array("Grüße\n".utf8))
                }
            }
        }
        #expect(answer == "Grüße\n")
    }

    @Test("a megabyte arrives whole and in order, its last byte before the end", arguments: Endpoint.allCases)
    func largeWrite(endpoint: Endpoint) async throws {
        let sent = pattern(1 << 20)
        let (received, error) = try await withLoop { loop in
            try await outcome(on: loop) { (resolve: @escaping (([UInt8], UVError?)) -> Void) in
                try endpoint.pair(on: loop) { client, server in
                    var received: [UInt8] = []
                    server.onRead = { received.append(contentsOf: $0) }
                    server.onClosed = { resolve((received, $0)) }
                    server.startReading()
                    client.write(sent)
                    client.write([])
                    client.shutdownThenClose()
                    client.write([1])
                }
            }
        }
        #expect(received == sent)
        #expect(error == nil)
    }

    @Test("writes queued behind one another keep their order")
    func queuedWrites() async throws {
        let part = pattern(300_000)
        let received = try await withLoop { loop in
            try await outcome(on: loop) { (resolve: @escaping ([UInt8]) -> Void) in
                try Endpoint.tcp.pair(on: loop) { client, server in
                    var received: [UInt8] = []
                    server.onRead = { received.append(contentsOf: $0) }
                    server.onClosed = { _ in resolve(received) }
                    for index in 0..<40 { client.write([UInt8(index)] + part) }
                    client.shutdownThenClose()
                    server.startReading()
                }
            }
        }
        let expected: [UInt8] = (0..<40).flatMap { [UInt8($0)] + part }
        #expect(received == expected)
    }

    @Test("a stream that stopped reading gets nothing, and the writer's queue stays", arguments: Endpoint.allCases)
    func backpressure(endpoint: Endpoint) async throws {
        // More than the kernel's buffers between the two take.
        let sent = 32 << 20
        struct Seen: Sendable {
            var whileStopped = 0
            var queueWhileStopped = 0
            var drainedWhileStopped = false
            var total = 0
            var drained = 0
        }
        let seen = try await withLoop { loop in
            try await outcome(on: loop) { (resolve: @escaping (Seen) -> Void) in
                try endpoint.pair(on: loop) { client, server in
                    var seen = Seen()
                    var isStopped = false
                    server.onRead = { bytes in
                        seen.total += bytes.count
                        if isStopped { seen.whileStopped += bytes.count }
                        guard seen.total == bytes.count else { return }
                        server.stopReading()
                        isStopped = true
                        roundTrips(20, on: loop) {
                            seen.queueWhileStopped = client.writeQueueSize
                            seen.drainedWhileStopped = seen.drained > 0
                            isStopped = false
                            server.startReading()
                        }
                    }
                    server.onClosed = { _ in resolve(seen) }
                    client.onDrained = {
                        seen.drained += 1
                        client.close()
                    }
                    server.startReading()
                    client.write([UInt8](repeating: 7, count: sent))
                }
            }
        }
        #expect(seen.whileStopped == 0)
        #expect(seen.queueWhileStopped > 0)
        #expect(!seen.drainedWhileStopped)
        #expect(seen.drained == 1)
        #expect(seen.total == sent)
    }

    /// Lets the loop turn, with other work, a known number of times; then calls `done`.
    private func roundTrips(_ count: Int, on loop: EventLoop, _ done: @escaping () -> Void) {
        do {
            try Endpoint.unixSocket.pair(on: loop) { client, server in
                var left = count
                server.onRead = { server.write(Array($0)) }
                client.onRead = { bytes in
                    left -= 1
                    if left > 0 { return client.write(Array(bytes)) }
                    client.close()
                    done()
                }
                server.startReading()
                client.startReading()
                client.write([1])
            }
        } catch {
            Issue.record(error)
        }
    }

    enum Ending: CaseIterable, Sendable {
        case localClose, twice, insideRead, peerEnd, peerReset, deadPeerWrite, shutdown, shutdownTwice, loopStop
    }

    @Test("onClosed is called exactly once, however a stream ends", arguments: Ending.allCases, Endpoint.allCases)
    func closedOnce(ending: Ending, endpoint: Endpoint) async throws {
        let errors = Locked<[UVError?]>([])
        try await withLoop { loop in
            let isDone: Bool = try await outcome(on: loop) { resolve in
                try endpoint.pair(on: loop) { client, server in
                    client.onClosed = { error in
                        errors.withLock { $0.append(error) }
                        resolve(true)
                    }
                    client.startReading()
                    switch ending {
                    case .localClose: client.close()
                    case .twice:
                        client.close()
                        client.close()
                        client.shutdownThenClose()
                    case .insideRead:
                        client.onRead = { _ in client.close() }
                        server.write([1])
                        server.close()
                    case .peerEnd: server.close()
                    case .peerReset:
                        // Closing with unread input resets the connection.
                        client.write([1, 2, 3])
                        server.close()
                    case .deadPeerWrite:
                        client.stopReading()
                        server.onClosed = { _ in
                            // Over TCP the first write still leaves, and is answered by a reset.
                            client.write([1])
                            roundTrips(3, on: loop) {
                                client.write([2])
                                client.write([3])
                                client.close()
                            }
                        }
                        server.close()
                    case .shutdown, .shutdownTwice:
                        server.startReading()
                        client.shutdownThenClose()
                        if ending == .shutdownTwice { client.shutdownThenClose() }
                    case .loopStop: resolveAfterStop(client, errors, resolve)
                    }
                }
            }
            #expect(isDone)
        }
        let seen = errors.withLock { $0 }
        #expect(seen.count == 1)
        let code = seen.first.flatMap { $0?.code }
        switch ending {
        case .peerReset: #expect(code == .connectionReset)
        case .deadPeerWrite: #expect(code == .brokenPipe || code == .connectionReset)
        default: #expect(code == nil)
        }
    }

    /// Leaves the stream open for the loop's stop to close.
    private func resolveAfterStop(
        _ client: UV.Stream, _ errors: Locked<[UVError?]>, _ resolve: @escaping (Bool) -> Void
    ) {
        client.onClosed = { error in errors.withLock { $0.append(error) } }
        resolve(true)
    }

    @Test("last words reach a peer that was still sending, and both ends close in order")
    func lastWords() async throws {
        let words = pattern(200_000)
        let (received, errors) = try await withLoop { loop in
            try await outcome(on: loop) { (resolve: @escaping (([UInt8], [UVError?])) -> Void) in
                try Endpoint.tcp.pair(on: loop) { client, server in
                    var received: [UInt8] = []
                    var errors: [UVError?] = []
                    for stream in [client, server] {
                        stream.onClosed = {
                            errors.append($0)
                            if errors.count == 2 { resolve((received, errors)) }
                        }
                    }
                    client.onRead = { received.append(contentsOf: $0) }
                    client.onEnd = { client.shutdownThenClose(withinMilliseconds: 3000) }
                    client.startReading()
                    client.write([UInt8](repeating: 9, count: 16 << 20))
                    server.write(words)
                    server.shutdownThenClose(withinMilliseconds: 3000)
                }
            }
        }
        #expect(received == words)
        #expect(errors == [nil, nil])
    }

    @Test("a stream that shuts down closes at its limit though the peer keeps silent")
    func shutdownLimit() async throws {
        let error = try await withLoop { loop in
            try await outcome(on: loop) { (resolve: @escaping (UVError?) -> Void) in
                try Endpoint.tcp.pair(on: loop) { client, _ in
                    client.onClosed = resolve
                    client.shutdownThenClose(withinMilliseconds: 0)
                }
            }
        }
        #expect(error?.code == .timedOut)
    }

    @Test("a peer that has ended its sending still gets its answer", arguments: Endpoint.allCases)
    func halfClose(endpoint: Endpoint) async throws {
        let answer = try await withLoop { loop in
            try await outcome(on: loop) { (resolve: @escaping (String) -> Void) in
                try endpoint.pair(on: loop) { client, server in
                    var heard: [UInt8] = []
                    client.onRead = { heard.append(contentsOf: $0) }
                    client.onEnd = {
                        resolve(String(decoding: heard, as: UTF8.self))
                        client.close()
                    }
                    client.startReading()
                    server.onEnd = {
                        server.write(Array("answer".utf8))
                        server.close()
                    }
                    server.startReading()
                    client.write(Array("question".utf8))
                    client.endSending()
                }
            }
        }
        #expect(answer == "answer")
    }

    @Test("a Unix socket knows who connected, and TCP where from")
    func peers() async throws {
        struct Seen: Sendable {
            var user: UInt32?
            var address: SocketAddress?
            var isLoopback: Bool
        }
        try await withLoop { loop in
            let ends = try await outcome(on: loop) { (resolve: @escaping ([Seen]) -> Void) in
                func look(_ stream: UV.Stream) -> Seen {
                    Seen(user: stream.peerUserID, address: stream.peerAddress, isLoopback: stream.isLoopbackPeer)
                }
                try Endpoint.unixSocket.pair(on: loop) { client, server in
                    let unix = [look(client), look(server)]
                    server.close()
                    let closed = look(server)
                    do {
                        try Endpoint.tcp.pair(on: loop) { client, server in
                            resolve(unix + [closed, look(client), look(server)])
                        }
                    } catch {
                        Issue.record(error)
                        resolve([])
                    }
                }
            }
            try #require(ends.count == 5)
            #expect(ends[0].user == getuid() && ends[1].user == getuid())
            #expect(ends[0].address == nil && ends[0].isLoopback && ends[1].isLoopback)
            #expect(ends[2].user == nil && !ends[2].isLoopback)
            #expect(ends[3].user == nil && ends[3].isLoopback && ends[4].isLoopback)
            #expect(ends[4].address?.host == "127.0.0.1")
            #expect(ends[4].address.map { $0.description } == ends[4].address.map { "127.0.0.1:\($0.port)" })
        }
    }

    /// Whether its holder is gone.
    final class Witness: Sendable {
        let gone: Locked<Int>
        init(_ gone: Locked<Int>) { self.gone = gone }
        deinit { gone.withLock { $0 += 1 } }
    }

    @Test("a closed stream is freed, with its callbacks and what they hold", arguments: Endpoint.allCases)
    func freed(endpoint: Endpoint) async throws {
        let gone = Locked(0)
        try await withLoop { loop in
            for _ in 0..<10 {
                let open = try await outcome(on: loop) { (resolve: @escaping (Int) -> Void) in
                    try endpoint.pair(on: loop) { client, server in
                        for stream in [client, server] {
                            let witness = Witness(gone)
                            // Cycles on purpose.
                            stream.onRead = { _ in _ = (stream, witness) }
                            stream.onDrained = { _ = (stream, witness) }
                            stream.startReading()
                        }
                        server.onClosed = { _ in
                            _ = server
                            Timer(on: loop) { resolve(loop.openHandleCount) }.start(afterMilliseconds: 0)
                        }
                        client.write([UInt8](repeating: 0, count: 1 << 20))
                        client.close()
                    }
                }
                // The timer that asked is still open.
                #expect(open >= 1)
            }
        }
        #expect(gone.withLock { $0 } == 20)
    }

    @Test("500 connections at once each get their own bytes back")
    func manyConnections() async throws {
        let count = 500
        let (answers, open) = try await withLoop { loop in
            try await outcome(on: loop) { (resolve: @escaping (([String], Int)) -> Void) in
                let (listener, connect) = try Endpoint.tcp.listen(on: loop)
                listener.onConnection = { stream in
                    stream.onRead = { stream.write(Array($0)) }
                    stream.startReading()
                }
                var answers: [String] = []
                for index in 0..<count {
                    connect { result in
                        guard let stream = result.stream else {
                            Issue.record("not connected")
                            return
                        }
                        stream.onRead = {
                            answers.append(String(decoding: $0, as: UTF8.self))
                            if answers.count == count { resolve((answers, loop.openHandleCount)) }
                        }
                        stream.startReading()
                        stream.write(Array(String(index).utf8))
                    }
                }
            }
        }
        #expect(answers.compactMap { Int($0) }.sorted() == Array(0..<count))
        #expect(open >= 2 * count)
    }
}
