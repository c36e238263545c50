import Glibc
import Testing

import UV

@Suite("Timers and watchers", .timeLimit(.minutes(1)))
struct WatcherTests {
    @Test("a timer fires once, after its time and after shorter ones")
    func oneShot() async throws {
        try await withLoop { loop in
            let (order, elapsed) = try await outcome(on: loop) { (resolve: @escaping (([Int], UInt64)) -> Void) in
                var order: [Int] = []
                let start = loop.now
                Timer(on: loop) {
                    order.append(20)
                    resolve((order, loop.now - start))
                }.start(afterMilliseconds: 20)
                Timer(on: loop) { order.append(5) }.start(afterMilliseconds: 5)
                let stopped = Timer(on: loop) { order.append(1) }
                stopped.start(afterMilliseconds: 1)
                stopped.stop()
                let closed = Timer(on: loop) { order.append(2) }
                closed.start(afterMilliseconds: 2)
                closed.close()
                closed.start(afterMilliseconds: 2)
            }
            #expect(order == [5, 20])
            #expect(elapsed >= 20)
        }
    }

    @Test("a repeating timer fires until it is closed, and is freed then")
    func repeating() async throws {
        try await withLoop { loop in
            let open = try await outcome(on: loop) { (resolve: @escaping ([Int]) -> Void) in
                var fired = 0
                var ticking: UV.Timer?
                let timer = Timer(on: loop) {
                    fired += 1
                    guard fired == 3 else { return }
                    ticking?.close()
                    let before = loop.openHandleCount
                    Timer(on: loop) { resolve([fired, before - loop.openHandleCount]) }.start(afterMilliseconds: 5)
                }
                ticking = timer
                timer.start(afterMilliseconds: 0, repeatingMilliseconds: 1)
            }
            // One closed, one opened to look.
            #expect(open == [3, 0])
        }
    }

    @Test(
        "a watched signal reaches its watcher and does nothing else",
        arguments: [SignalWatcher.Signal.terminate, .interrupt, .hangUp])
    func signal(signal: SignalWatcher.Signal) async throws {
        try await withLoop { loop in
            let got = try await outcome(on: loop) { (resolve: @escaping (Bool) -> Void) in
                var watcher: SignalWatcher?
                watcher = try SignalWatcher(on: loop, signal) {
                    watcher?.close()
                    resolve(true)
                }
                kill(getpid(), signal.rawValue)
            }
            #expect(got)
        }
    }

    @Test("a signal that cannot be watched is refused")
    func unwatchableSignal() async throws {
        try await withLoop { loop in
            let error = await #expect(throws: UVError.self) {
                try await value(on: loop) { _ = try SignalWatcher(on: loop, .init(rawValue: SIGKILL)) {} }
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("a file watcher hears of a change, by name in a directory", arguments: [true, false])
    func fileWatcher(isDirectory: Bool) async throws {
        let directory = try temporaryDirectory()
        let file = directory + "/replica.db"
        close(creat(file, 0o600))
        try await withLoop { loop in
            let name = try await outcome(on: loop) { (resolve: @escaping (String?) -> Void) in
                var watcher: FileWatcher?
                watcher = try FileWatcher(on: loop, path: isDirectory ? directory : file) { change in
                    guard let open = watcher else { return }
                    watcher = nil
                    open.close()
                    resolve(try? change.get())
                }
                let descriptor = open(file, O_WRONLY)
                _ = write(descriptor, "x", 1)
                close(descriptor)
            }
            #expect(name == "replica.db")
        }
    }

    @Test("watching what is not there is refused by name")
    func missingFile() async throws {
        try await withLoop { loop in
            let path = try temporaryDirectory() + "/none"
            let error = await #expect(throws: UVError.self) {
                try await value(on: loop) { _ = try FileWatcher(on: loop, path: path) { _ in } }
            }
            #expect(error?.code == .notFound)
            #expect(error?.action == "watch \(path)")
        }
    }
}
