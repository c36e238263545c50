internal import AnnalsModel
internal import AnnalsWire
internal import CLinux
internal import Foundation

/// The floor of a push: a server that takes Annals' pushes and does only what their guarantees cannot do without.
///
/// One thread reads, hashes each change and puts it behind an envelope; a second hashes these lines; a third goes on with the chain (the
/// third SHA-256), appends the lines to a file, syncs, and then acknowledges. So as many processors as there are have work. It scans no
/// JSON, checks nothing, knows no duplicates, keeps no index and answers no other message. What it reaches says how much of the way is
/// left to a server that has to do all that; it is no proof that nothing faster can be written.
final class BytesAndHashes {
    /// A connection, and what came of a line that has not ended.
    private final class Connection {
        let descriptor: Int32
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        var held = 0
        /// How many changes came, and the hash of the last one.
        var (n, last) = (0, UInt64(0))

        init(_ descriptor: Int32) { self.descriptor = descriptor }
    }

    private let epoll = epoll_create1(0)
    private let listener: Int32
    let port: Int
    private var connections: [Connection] = []
    private let (unhashed, unwritten) = (Queue(), Queue())
    private let file: Int32
    private var seq = 0

    init(path: String) throws {
        (listener, port) = try Ports.listening()
        unlink(path)
        file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw BenchFailure.system(path) }
        watch(listener, UInt32.max)
    }

    private func watch(_ descriptor: Int32, _ number: UInt32) {
        var event = epoll_event()
        event.events = epoll_readable
        event.data.u32 = number
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    /// Serves until the process is ended.
    func run() -> Never {
        Thread.detachNewThread { [unhashed, unwritten] in Self.hash(unhashed, unwritten) }
        Thread.detachNewThread { [unwritten, file] in Self.write(unwritten, file) }
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let ready = epoll_wait(epoll, &events, Int32(events.count), -1)
            for event in events[..<Int(max(0, ready))] {
                if event.data.u32 == UInt32.max { accept() } else { receive(connections[Int(event.data.u32)]) }
            }
        }
    }

    private func accept() {
        let connection = Connection(Foundation.accept(listener, nil, nil))
        // Answers are small and shall not wait for the client's word on the one before.
        var one: Int32 = 1
        setsockopt(connection.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        watch(connection.descriptor, UInt32(connections.count))
        connections.append(connection)
    }

    private func receive(_ connection: Connection) {
        guard let buffer = connection.buffer.baseAddress else { return }
        let count = read(connection.descriptor, buffer + connection.held, connection.buffer.count - connection.held)
        if count <= 0 {
            // The client is done with it.
            epoll_ctl(epoll, EPOLL_CTL_DEL, connection.descriptor, nil)
            return
        }
        let end = connection.held + count
        var entries = Entries(connection.descriptor, expectedBytes: end * 3 / 2)
        var start = 0
        while let found = memchr(buffer + start, 10, end - start) {
            let line = UnsafeRawBufferPointer(start: buffer + start, count: UnsafeRawPointer(found) - UnsafeRawPointer(buffer + start))
            start += line.count + 1
            // A header begins with `{"type":`, a change with `{"id":`.
            if line.count < 3 || line[2] == UInt8(ascii: "t") { continue }
            connection.last = sha256(line.bytes).short.word
            connection.n += 1
            seq += 1
            entries.append(seq, line)
        }
        entries.n = connection.n
        if !entries.ends.isEmpty { unhashed.put(entries) }
        connection.held = end - start
        if connection.held > 0 { memmove(buffer, buffer + start, connection.held) }
    }

    private static func hash(_ from: Queue, _ to: Queue) {
        while true {
            for var entries in from.take() {
                entries.hash()
                to.put(entries)
            }
        }
    }

    /// What comes while the disk is at work makes the next group.
    private static func write(_ from: Queue, _ file: Int32) {
        var chain = ChainHash(log: "floor")
        while true {
            let group = from.take()
            var acks: [Int32: Int] = [:]
            for entries in group {
                for leaf in entries.leaves { chain.append(leaf: leaf) }
                let bytes = entries.text.bytes
                precondition(Foundation.write(file, bytes, bytes.count) == bytes.count, "the disk of a benchmark failed")
                acks[entries.descriptor] = entries.n
            }
            precondition(fdatasync(file) == 0, "the disk of a benchmark failed")
            for (descriptor, n) in acks {
                let ack = Array("{\"type\":\"ack\",\"ws\":\"bench\",\"n\":\(n)}\n".utf8)
                _ = Foundation.write(descriptor, ack, ack.count)
            }
        }
    }
}

/// The entry lines of one read, and whom to tell of them.
private struct Entries {
    let descriptor: Int32
    /// The last change's number.
    var n = 0
    private(set) var text = ByteText()
    /// Where each line's LF stands.
    private(set) var ends: [Int] = []
    private(set) var leaves: [Digest] = []

    init(_ descriptor: Int32, expectedBytes: Int) {
        self.descriptor = descriptor
        text.bytes.reserveCapacity(expectedBytes)
        ends.reserveCapacity(expectedBytes / 256)
    }

    /// An envelope of the usual length, but for the seq.
    private static let envelope: StaticString =
        ",\"at\":\"2025-08-09T12:34:56.789Z\",\"author\":\"coder-0\",\"replica\":\"bench-0\",\"change\":"

    mutating func append(_ seq: Int, _ change: UnsafeRawBufferPointer) {
        text.add("{\"seq\":")
        text.add(seq)
        text.add(Self.envelope)
        text.bytes.append(contentsOf: change)
        text.bytes.append(UInt8(ascii: "}"))
        ends.append(text.bytes.count)
        text.bytes.append(UInt8(ascii: "\n"))
    }

    mutating func hash() { leaves = Self.hashes(text.bytes, ends) }

    private static func hashes(_ lines: [UInt8], _ ends: [Int]) -> [Digest] {
        var hashes: [Digest] = []
        hashes.reserveCapacity(ends.count)
        var start = 0
        for end in ends {
            hashes.append(sha256(lines.span.bytes.extracting(start..<end)))
            start = end + 1
        }
        return hashes
    }
}

/// What one thread hands to the next. Unchecked because all is guarded by the condition.
private final class Queue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Entries] = []

    func put(_ entries: Entries) {
        condition.withLock { waiting.append(entries) }
        condition.signal()
    }

    /// All that has come; waits where nothing has.
    func take() -> [Entries] {
        condition.withLock {
            while waiting.isEmpty { condition.wait() }
            defer { waiting = [] }
            return waiting
        }
    }
}
