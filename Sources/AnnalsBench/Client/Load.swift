internal import CLinux
internal import Foundation

/// What a load came to.
struct LoadResult {
    var seconds: Double
    var changes: Int
    var clientCPU: Double
    /// From sending a push to its confirmation, in nanoseconds, sorted.
    var latencies: [UInt64]
    /// The longest time without any answer.
    var longestPause: UInt64
}

/// Sends pushes on several connections from one thread, with so many in flight on each, and waits for every confirmation.
///
/// All bytes are ready before the clock starts, so the client costs little beside what it measures.
final class Load {
    private final class Connection {
        let socket: Socket
        var reader: any AnswerReader
        var pushes: [[UInt8]] = []
        /// How many lines have been sent after each push.
        var ends: [Int] = []
        var sentAt: [UInt64] = []
        /// For an open loop: when each push is due, after the start.
        var due: [UInt64] = []
        var next = 0
        var confirmed = 0
        var partly = 0

        init(_ socket: Socket, _ reader: any AnswerReader) {
            self.socket = socket
            self.reader = reader
        }
    }

    private var connections: [Connection] = []
    private let inFlight: Int
    private var latencies: [UInt64] = []
    private var changes = 0

    /// - Parameters:
    ///   - sockets: signed in, one for each lane.
    ///   - perPush: lines in a push.
    ///   - inFlight: pushes that wait for an answer on a connection.
    init(_ sockets: [Socket], _ plan: PushPlan, _ dialect: any Dialect, perPush: Int, inFlight: Int) {
        self.inFlight = inFlight
        for (index, socket) in sockets.enumerated() {
            let connection = Connection(socket, dialect.reader())
            let lane = plan.lanes[index]
            for start in stride(from: 0, to: lane.count, by: perPush) {
                let end = min(start + perPush, lane.count)
                connection.pushes.append(dialect.push(lane, start..<end, connection: index))
                connection.ends.append(end)
            }
            connection.sentAt = [UInt64](repeating: 0, count: connection.pushes.count)
            changes += lane.count
            connections.append(connection)
            socket.setNonBlocking()
        }
    }

    /// Sends at a steady rate whatever the answers, and measures from when a push was due.
    func pace(changesPerSecond: Double) {
        let total = Double(changes) / changesPerSecond * 1e9
        for (offset, connection) in connections.enumerated() {
            let interval = total / Double(max(1, connection.pushes.count))
            let shift = interval * Double(offset) / Double(connections.count)
            connection.due = connection.pushes.indices.map { UInt64(shift + interval * Double($0)) }
        }
    }

    /// Waits until something can be read or written, or until the next push is due.
    private func wait(_ epoll: Int32, _ events: inout [epoll_event], _ start: UInt64, isPaced: Bool) throws -> Int {
        guard isPaced else {
            let ready = epoll_wait(epoll, &events, Int32(events.count), 20_000)
            if ready == 0 { throw BenchFailure("no answer for 20 seconds") }
            if ready < 0, errno != EINTR { throw BenchFailure.system("epoll_wait") }
            return Int(max(0, ready))
        }
        var due = UInt64(1_000_000)
        let now = Clock.nanoseconds() - start
        // One that waits for room is left to epoll.
        for (index, connection) in connections.enumerated() where connection.next < connection.due.count && !writing.contains(index) {
            let next = connection.due[connection.next]
            due = next <= now ? 0 : min(due, next - now)
        }
        var time = timespec(tv_sec: 0, tv_nsec: Int(due))
        let ready = epoll_pwait2(epoll, &events, Int32(events.count), &time, nil)
        if ready < 0, errno != EINTR { throw BenchFailure.system("epoll_pwait2") }
        return Int(max(0, ready))
    }

    func run() throws -> LoadResult {
        let epoll = epoll_create1(0)
        guard epoll >= 0 else { throw BenchFailure.system("no epoll") }
        defer { close(epoll) }
        for (index, connection) in connections.enumerated() {
            var event = epoll_event()
            event.events = epoll_readable
            event.data.u32 = UInt32(index)
            epoll_ctl(epoll, EPOLL_CTL_ADD, connection.socket.descriptor, &event)
        }
        var left = connections.count { !$0.pushes.isEmpty }
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let cpu = Clock.cpu()
        let start = Clock.nanoseconds()
        var (lastAnswer, longestPause) = (start, UInt64(0))
        let isPaced = connections.contains { !$0.due.isEmpty }
        for index in connections.indices { try send(index, epoll, start) }
        while left > 0 {
            let ready = try wait(epoll, &events, start, isPaced: isPaced)
            let now = Clock.nanoseconds()
            for event in events[..<ready] {
                let index = Int(event.data.u32)
                let connection = connections[index]
                if event.events & epoll_readable != 0 {
                    if try receive(connection, &buffer, now) {
                        longestPause = max(longestPause, now - lastAnswer)
                        lastAnswer = now
                        if connection.confirmed == connection.pushes.count { left -= 1 }
                    }
                }
                try send(index, epoll, start)
            }
            if isPaced {
                for index in connections.indices { try send(index, epoll, start) }
                if now - lastAnswer > 20_000_000_000 { throw BenchFailure("no answer for 20 seconds") }
            }
        }
        let seconds = Clock.seconds(since: start)
        latencies.sort()
        return LoadResult(
            seconds: seconds, changes: changes, clientCPU: Clock.cpu() - cpu, latencies: latencies, longestPause: longestPause)
    }

    /// Sends what may go out; true waiting for room is left to epoll.
    private func send(_ index: Int, _ epoll: Int32, _ start: UInt64) throws {
        let connection = connections[index]
        while connection.next < connection.pushes.count {
            if connection.partly == 0 {
                if connection.due.isEmpty {
                    guard connection.next - connection.confirmed < inFlight else { return }
                    connection.sentAt[connection.next] = Clock.nanoseconds()
                } else {
                    let due = start + connection.due[connection.next]
                    guard due <= Clock.nanoseconds() else { return }
                    connection.sentAt[connection.next] = due
                }
            }
            let push = connection.pushes[connection.next]
            let count = push.withUnsafeBytes {
                write(connection.socket.descriptor, $0.baseAddress! + connection.partly, push.count - connection.partly)
            }
            if count < 0, errno != EAGAIN { throw BenchFailure.system("sending failed") }
            connection.partly += max(0, count)
            let isWhole = connection.partly == push.count
            if isWhole {
                connection.partly = 0
                connection.next += 1
            }
            try watch(index, epoll, writing: !isWhole)
            if !isWhole { return }
        }
    }

    private var writing: Set<Int> = []

    private func watch(_ index: Int, _ epoll: Int32, writing isWriting: Bool) throws {
        guard writing.contains(index) != isWriting else { return }
        if isWriting { writing.insert(index) } else { writing.remove(index) }
        var event = epoll_event()
        event.events = epoll_readable | (isWriting ? epoll_writable : 0)
        event.data.u32 = UInt32(index)
        epoll_ctl(epoll, EPOLL_CTL_MOD, connections[index].socket.descriptor, &event)
    }

    /// Whether a push was confirmed.
    private func receive(_ connection: Connection, _ buffer: inout [UInt8], _ now: UInt64) throws -> Bool {
        let count = read(connection.socket.descriptor, &buffer, buffer.count)
        if count == 0 { throw BenchFailure("the server closed a connection") }
        if count < 0 {
            if errno == EAGAIN { return false }
            throw BenchFailure.system("reading failed")
        }
        let lines = try buffer.withUnsafeBufferPointer { try connection.reader.confirmed(UnsafeBufferPointer(rebasing: $0[..<count])) }
        let before = connection.confirmed
        while connection.confirmed < connection.next, connection.ends[connection.confirmed] <= lines {
            latencies.append(now - connection.sentAt[connection.confirmed])
            connection.confirmed += 1
        }
        return connection.confirmed > before
    }
}
