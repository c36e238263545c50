import Glibc
import Testing

import UV

/// A running loop for one test; stopped, whatever happens.
func withLoop<Result>(_ body: (EventLoop) async throws -> Result) async throws -> Result {
    let loop = try EventLoop()
    try loop.start()
    defer { loop.stop() }
    return try await body(loop)
}

/// Runs `body` on the loop and waits for what it resolves, once, from some later callback.
func outcome<Value: Sendable>(
    on loop: EventLoop, _ body: @escaping @Sendable (_ resolve: @escaping (Value) -> Void) throws -> Void
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        loop.post {
            do {
                try body { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

/// Runs `body` on the loop and waits for its value.
func value<Value: Sendable>(on loop: EventLoop, _ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await outcome(on: loop) { resolve in resolve(try body()) }
}

/// The two kinds of stream, each reached at a place of its own.
enum Endpoint: CaseIterable, Sendable {
    case tcp, unixSocket

    typealias Connected = (Result<UV.Stream, UVError>) -> Void

    func listen(on loop: EventLoop) throws -> (Listener, connect: (@escaping Connected) -> Void) {
        switch self {
        case .tcp:
            let listener = try Listener(on: loop, host: "127.0.0.1", port: 0)
            let port = try #require(listener.address?.port)
            return (listener, { Stream.connect(on: loop, host: "127.0.0.1", port: port, completion: $0) })
        case .unixSocket:
            let path = try temporaryDirectory() + "/socket"
            return (try Listener(on: loop, path: path), { Stream.connect(on: loop, path: path, completion: $0) })
        }
    }

    /// Two connected streams, not yet reading.
    func pair(on loop: EventLoop, _ ready: @escaping (_ client: UV.Stream, _ server: UV.Stream) -> Void) throws {
        let (listener, connect) = try listen(on: loop)
        var client: UV.Stream?
        var server: UV.Stream?
        func proceed() {
            guard let client, let server else { return }
            listener.close()
            ready(client, server)
        }
        listener.onConnection = {
            server = $0
            proceed()
        }
        connect {
            switch $0 {
            case .success(let stream): client = stream
            case .failure(let error): Issue.record(error)
            }
            proceed()
        }
    }
}

/// Bytes whose order shows: no run of them repeats soon.
func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
}

/// As many threads as asked, not as many as there are cores.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
    final class Start: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var threads: [pthread_t] = []
    for index in 0..<count {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start { body(index) })
        let status = pthread_create(
            &thread, nil,
            { data in
                if let data { Unmanaged<Start>.fromOpaque(data).takeRetainedValue().run() }
                return nil
            }, start.toOpaque())
        try #require(status == 0)
        threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
}
