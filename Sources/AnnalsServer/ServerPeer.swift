internal import AnnalsCore
internal import UV

/// A connection, and what is to be written to it in this turn of the loop.
final class ServerPeer {
    let id: SessionID
    let stream: UV.Stream
    /// Usually there is one piece.
    private var first: ArraySlice<UInt8>?
    private var others: [ArraySlice<UInt8>] = []
    /// Whether the core wants nothing more for now.
    var isPaused = false { didSet { setReading() } }
    /// What was read and has not come to the core yet.
    private(set) var bytesInChecking = 0
    /// Whether enough of that is on its way.
    private var isHeld = false { didSet { setReading() } }
    private var isReading = true

    init(_ id: SessionID, _ stream: UV.Stream) {
        self.id = id
        self.stream = stream
    }

    /// Notes that more is on its way to the core, or less.
    func checking(_ bytes: Int, isFull: Bool) {
        bytesInChecking += bytes
        isHeld = bytesInChecking >= (isFull ? 1 : PushChecking.peerBytesMax)
    }

    private func setReading() {
        let shallRead = !isPaused && !isHeld
        guard shallRead != isReading else { return }
        isReading = shallRead
        if shallRead { stream.startReading() } else { stream.stopReading() }
    }

    /// - Returns: whether these bytes are the first of the turn.
    func queue(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard first != nil else {
            first = bytes
            return true
        }
        others.append(bytes)
        return false
    }

    func flush() {
        guard let first else { return }
        self.first = nil
        if others.isEmpty { return stream.write(first) }
        let pieces = [first] + others
        others = []
        stream.write(pieces: pieces)
    }
}
