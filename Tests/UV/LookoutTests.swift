import Testing

import UV

@Suite("Looking out", .timeLimit(.minutes(1)))
struct LookoutTests {
    @Test("what other threads post runs while the loop looks out, in order per thread")
    func postedMeanwhile() async throws {
        let seen = Locked<[[Int]]>(Array(repeating: [], count: 4))
        try await withLoop { loop in
            try await value(on: loop) { Lookout(on: loop).begin(microsecondsMax: 50_000_000) }
            try onThreads(4) { thread in
                for index in 0..<2000 {
                    loop.post { seen.withLock { $0[thread].append(index) } }
                }
            }
        }
        #expect(seen.withLock { $0 } == Array(repeating: Array(0..<2000), count: 4))
    }

    @Test("what is posted is run, whether the loop looks out, has just ceased to, or its time is over")
    func postedAtItsEnd() async throws {
        try await withLoop { loop in
            // Safe: only the loop's thread touches it, and this one waits for it.
            nonisolated(unsafe) var lookout: Lookout?
            try await value(on: loop) { lookout = Lookout(on: loop) }
            for turn in 0..<500 {
                // Each `value` waits for its work to have run.
                try await value(on: loop) { lookout?.begin(microsecondsMax: UInt64(turn % 3 * 20)) }
                let isOpen = try await value(on: loop) { () -> Bool in
                    if turn % 2 == 0 { lookout?.end() }
                    return lookout?.isOpen ?? false
                }
                #expect(isOpen)
            }
        }
    }

    @Test("sockets are served while the loop looks out")
    func socketsMeanwhile() async throws {
        try await withLoop { loop in
            let text = try await outcome(on: loop) { resolve in
                try Endpoint.tcp.pair(on: loop) { client, server in
                    Lookout(on: loop).begin(microsecondsMax: 50_000_000)
                    server.onRead = { bytes in server.write(Array(bytes)) }
                    client.onRead = { bytes in resolve(String(decoding: bytes, as: UTF8.self)) }
                    server.startReading()
                    client.startReading()
                    client.write(Array("hello".utf8))
                }
            }
            #expect(text == "hello")
        }
    }

    @Test("a loop that looks out stops, and runs what was posted before")
    func stops() async throws {
        let ran = Locked(0)
        let loop = try EventLoop()
        try loop.start()
        try await value(on: loop) { Lookout(on: loop).begin(microsecondsMax: 50_000_000) }
        for _ in 0..<100 { loop.post { ran.withLock { $0 += 1 } } }
        loop.stop()
        #expect(ran.withLock { $0 } == 100)
    }
}
