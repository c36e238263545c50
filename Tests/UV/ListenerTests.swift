import Glibc
import Testing

import UV

@Suite("Listener and connect", .timeLimit(.minutes(1)))
struct ListenerTests {
    @Test("a port in use is refused by name, with a way out")
    func portInUse() async throws {
        try await withLoop { loop in
            let port = try await value(on: loop) {
                try #require(try Listener(on: loop, host: "127.0.0.1", port: 0).address?.port)
            }
            let error = await #expect(throws: UVError.self) {
                try await value(on: loop) { _ = try Listener(on: loop, host: "127.0.0.1", port: port) }
            }
            #expect(error?.code == .addressInUse)
            #expect(error?.code.name == "EADDRINUSE")
            #expect(error?.message == "address already in use")
            #expect(error?.action == "listen on 127.0.0.1:\(port)")
            #expect(error?.wayOut != nil)
            let text = error.map { "\($0)" } ?? ""
            #expect(text.hasPrefix("could not listen on 127.0.0.1:\(port): address already in use (EADDRINUSE); "))
        }
    }

    @Test("a closed listener's port is free again, and connecting there is refused")
    func refused() async throws {
        try await withLoop { loop in
            let error = try await outcome(on: loop) { (resolve: @escaping (UVError?) -> Void) in
                let listener = try Listener(on: loop, host: "127.0.0.1", port: 0)
                let port = try #require(listener.address?.port)
                listener.close()
                Stream.connect(on: loop, host: "127.0.0.1", port: port) { resolve($0.error) }
            }
            #expect(error?.code == .connectionRefused)
            #expect(error?.wayOut != nil)
        }
    }

    @Test("a name is resolved, and its addresses tried in turn until one answers")
    func resolves() async throws {
        try await withLoop { loop in
            let host = try await outcome(on: loop) { (resolve: @escaping (String?) -> Void) in
                let listener = try Listener(on: loop, host: "localhost", port: 0)
                listener.onConnection = { _ in }
                let port = try #require(listener.address?.port)
                Stream.connect(on: loop, host: "localhost", port: port) { result in
                    resolve(result.stream?.peerAddress?.host)
                }
            }
            #expect(host == "127.0.0.1" || host == "::1")
            let second = try await outcome(on: loop) { (resolve: @escaping (String?) -> Void) in
                // Where localhost is ::1 first, nothing listens there.
                let port = try #require(try Listener(on: loop, host: "127.0.0.1", port: 0).address?.port)
                Stream.connect(on: loop, host: "localhost", port: port) { result in
                    resolve(result.stream?.peerAddress?.host)
                }
            }
            #expect(second == "127.0.0.1")
        }
    }

    @Test("a connect that runs out of time says so; one cancelled says that, once")
    func timeoutAndCancel() async throws {
        try await withLoop { loop in
            let timedOut = try await outcome(on: loop) { (resolve: @escaping (UVError?) -> Void) in
                let port = try #require(try Listener(on: loop, host: "127.0.0.1", port: 0).address?.port)
                // Timers come before sockets in a turn of the loop, so this never sees the connection made.
                Stream.connect(on: loop, host: "127.0.0.1", port: port, timeoutMilliseconds: 0) { resolve($0.error) }
            }
            #expect(timedOut?.code == .timedOut)
            let cancelled = try await outcome(on: loop) { (resolve: @escaping ([UVError.Code?]) -> Void) in
                let port = try #require(try Listener(on: loop, host: "127.0.0.1", port: 0).address?.port)
                var codes: [UVError.Code?] = []
                let attempts = ["127.0.0.1", "localhost"].map { host in
                    Stream.connect(on: loop, host: host, port: port) { codes.append($0.error?.code) }
                }
                for attempt in attempts + attempts { attempt.cancel() }
                resolve(codes)
            }
            #expect(cancelled == [.canceled, .canceled])
        }
    }

    @Test("every connect calls back exactly once though the loop stops, and one begun then is cancelled at once")
    func stopCancels() async throws {
        let count = 40
        let calls = Locked(Array(repeating: 0, count: count))
        let late = Locked<[UVError.Code?]>([])
        try await withLoop { loop in
            try await value(on: loop) {
                let port = try #require(try Listener(on: loop, host: "127.0.0.1", port: 0).address?.port)
                for index in 0..<count {
                    Stream.connect(on: loop, host: "localhost", port: port) { result in
                        calls.withLock { $0[index] += 1 }
                        // Work that comes while handles close must not cut that short.
                        loop.post {}
                        guard result.stream == nil else { return }
                        Stream.connect(on: loop, host: "localhost", port: port) { again in
                            late.withLock { $0.append(again.error?.code) }
                        }
                    }
                }
            }
        }
        #expect(calls.withLock { $0 } == Array(repeating: 1, count: count))
        #expect(late.withLock { $0.allSatisfy { $0 == .canceled } })
    }

    @Test("a Unix socket's path that would be cut is refused by name, for listening and connecting")
    func longPath() async throws {
        try await withLoop { loop in
            let directory = try temporaryDirectory()
            let fits = directory + "/" + String(repeating: "s", count: 107 - directory.utf8.count - 1)
            let listening = await #expect(throws: UVError.self) {
                try await value(on: loop) { _ = try Listener(on: loop, path: fits + "s") }
            }
            #expect(listening?.code == .nameTooLong)
            #expect(listening?.action == "listen on \(fits)s")
            let (connecting, reached) = try await outcome(on: loop) { (resolve: @escaping ((UVError?, Bool)) -> Void) in
                let listener = try Listener(on: loop, path: fits)
                listener.onConnection = { _ in }
                Stream.connect(on: loop, path: fits + "s") { cut in
                    Stream.connect(on: loop, path: fits) { whole in resolve((cut.error, whole.stream != nil)) }
                }
            }
            #expect(connecting?.code == .nameTooLong)
            #expect(reached)
        }
    }

    @Test("an empty path and one with a NUL are refused", arguments: ["", "/tmp/a\0b"])
    func badPath(path: String) async throws {
        try await withLoop { loop in
            let error = await #expect(throws: UVError.self) {
                try await value(on: loop) { _ = try Listener(on: loop, path: path) }
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("a socket that a dead program left is replaced")
    func staleSocket() async throws {
        let path = try temporaryDirectory() + "/socket"
        try await withLoop { loop in
            let dead = try staleSocket(at: path)
            let refused = try await outcome(on: loop) { (resolve: @escaping (UVError?) -> Void) in
                Stream.connect(on: loop, path: path) { resolve($0.error) }
            }
            #expect(refused?.code == .connectionRefused)
            #expect(dead)
            try await value(on: loop) { _ = try Listener(on: loop, path: path) }
        }
        #expect(access(path, F_OK) != 0, "a listener removes its socket when it closes")
    }

    /// What a killed server leaves: the file, and nobody behind it.
    private func staleSocket(at path: String) throws -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        } == 0
    }

    @Test("a socket that is listened on, and a file that is none, are left alone")
    func livePath() async throws {
        try await withLoop { loop in
            let directory = try temporaryDirectory()
            let file = directory + "/file"
            close(creat(file, 0o644))
            try await value(on: loop) { _ = try Listener(on: loop, path: directory + "/live") }
            for path in [directory + "/live", file, directory] {
                let error = await #expect(throws: UVError.self) {
                    try await value(on: loop) { _ = try Listener(on: loop, path: path) }
                }
                #expect(error?.code == .addressInUse)
                #expect(access(path, F_OK) == 0)
            }
        }
    }

    @Test("only this user can reach a Unix socket")
    func mode() async throws {
        try await withLoop { loop in
            let path = try temporaryDirectory() + "/socket"
            try await value(on: loop) { _ = try Listener(on: loop, path: path) }
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test("an address that is not this machine's is refused by name")
    func foreignAddress() async throws {
        try await withLoop { loop in
            // TEST-NET-1, RFC 5737.
            let error = await #expect(throws: UVError.self) {
                try await value(on: loop) { _ = try Listener(on: loop, host: "192.0.2.1", port: 0) }
            }
            #expect(error?.code == .addressNotAvailable)
        }
    }
}

extension Result where Success == UV.Stream, Failure == UVError {
    var stream: UV.Stream? { try? get() }

    var error: UVError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
