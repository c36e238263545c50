internal import CLinux
internal import Foundation

/// Live connections read from one thread: how far each has got, and when.
final class Readers {
    private var sockets: [Socket]
    private var tails: [[UInt8]]
    /// The last seq that a checkpoint proved, by connection.
    private(set) var seqs: [Int]
    private(set) var byteCount = 0
    private let epoll: Int32
    private var events = [epoll_event](repeating: epoll_event(), count: 1024)
    private var buffer = [UInt8](repeating: 0, count: 262_144)

    private static let tailMax = 640

    /// - Parameter sockets: live and caught up.
    init(_ sockets: [Socket]) {
        self.sockets = sockets
        tails = [[UInt8]](repeating: [], count: sockets.count)
        seqs = [Int](repeating: 0, count: sockets.count)
        epoll = epoll_create1(0)
        for (index, socket) in sockets.enumerated() {
            socket.setNonBlocking()
            var event = epoll_event()
            event.events = epoll_readable
            event.data.u32 = UInt32(index)
            epoll_ctl(epoll, EPOLL_CTL_ADD, socket.descriptor, &event)
        }
    }

    deinit { close(epoll) }

    /// Reads what has come; calls `body` for each connection whose seq went on. False where nothing came for so long.
    func read(milliseconds: Int32, _ body: (_ index: Int, _ seq: Int) -> Void) throws -> Bool {
        let ready = epoll_wait(epoll, &events, Int32(events.count), milliseconds)
        for event in events[..<Int(max(0, ready))] {
            let index = Int(event.data.u32)
            let count = Foundation.read(sockets[index].descriptor, &buffer, buffer.count)
            if count == 0 { throw BenchFailure("the server closed a live connection") }
            if count < 0 { continue }
            byteCount += count
            let seq = seqs[index]
            note(index, count)
            if seqs[index] > seq { body(index, seqs[index]) }
        }
        return ready > 0
    }

    /// Looks at the last whole line only: batches end with their checkpoint.
    private func note(_ index: Int, _ count: Int) {
        if count >= Self.tailMax {
            tails[index] = Array(buffer[(count - Self.tailMax)..<count])
        } else {
            tails[index] += buffer[..<count]
            if tails[index].count > Self.tailMax { tails[index].removeFirst(tails[index].count - Self.tailMax) }
        }
        let tail = tails[index]
        guard tail.last == UInt8(ascii: "\n"), let start = tail.dropLast().lastIndex(of: UInt8(ascii: "\n")) else { return }
        let line = String(decoding: tail[(start + 1)...], as: UTF8.self)
        guard line.hasPrefix("{\"type\":\"checkpoint\"") || line.hasPrefix("{\"type\":\"caughtUp\"") else { return }
        seqs[index] = AnnalsConnection.integer("\"seq\":", in: line) ?? seqs[index]
    }
}
