import CUV

/// Something that lives on an ``EventLoop`` until it is closed: a socket, a timer, a watcher.
///
/// An open handle keeps itself alive; dropping the last reference does not close it. `close()` does, or the loop's
/// `stop()`. libuv's part of it is freed only when libuv says that it has let go.
///
/// A handle made while its loop stops is closed from birth: it calls back nothing and its methods do nothing.
public class Handle {
    public let loop: EventLoop

    /// 0, or the libuv status that tells why this handle was closed from birth.
    let birthStatus: Int32

    private enum State {
        /// libuv may call back. Next: `closing`.
        case open(UnsafeMutablePointer<uv_handle_t>)
        /// libuv may still call back, to say what it broke off. Next: `closed`.
        case closing
        case closed
    }

    private var state: State

    /// - Parameter initialize: libuv's `uv_…_init` for this kind, into memory of the kind's size.
    init(
        on loop: EventLoop, _ kind: uv_handle_type,
        initialize: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutableRawPointer) -> Int32
    ) {
        loop.preconditionOnLoop()
        self.loop = loop
        guard loop.acceptsHandles else {
            birthStatus = UV_ECANCELED.rawValue
            state = .closed
            return
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: uv_handle_size(kind), alignment: 16)
        birthStatus = initialize(loop.raw, memory)
        guard birthStatus == 0 else {
            memory.deallocate()
            state = .closed
            return
        }
        let raw = memory.assumingMemoryBound(to: uv_handle_t.self)
        state = .open(raw)
        loop.openHandleCount += 1
        uv_handle_set_data(raw, Unmanaged.passRetained(self).toOpaque())
    }

    /// Whether `close()` has not been called yet, by anyone.
    public var isOpen: Bool { raw != nil }

    /// libuv's handle while it is open.
    var raw: UnsafeMutablePointer<uv_handle_t>? {
        loop.preconditionOnLoop()
        if case .open(let raw) = state { return raw }
        return nil
    }

    /// libuv's handle as one of its kinds, while it is open.
    func raw<Kind>(as kind: Kind.Type) -> UnsafeMutablePointer<Kind>? {
        raw.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: kind) }
    }

    /// Closes now; libuv lets go in the same turn of the loop. Again is harmless.
    public func close() {
        guard let raw else { return }
        state = .closing
        uv_close(raw) { raw in
            guard let raw, let data = uv_handle_get_data(raw) else { return }
            let handle = Unmanaged<Handle>.fromOpaque(data).takeRetainedValue()
            UnsafeMutableRawPointer(raw).deallocate()
            handle.state = .closed
            handle.loop.openHandleCount -= 1
            handle.didClose()
        }
    }

    /// libuv has let go: the place to drop callbacks, and the cycles they make.
    func didClose() {}

    /// The object a C callback is about; nil for the loop's own wake-up handle.
    static func of(_ raw: UnsafeMutablePointer<uv_handle_t>?) -> Handle? {
        guard let raw, let data = uv_handle_get_data(raw) else { return nil }
        return Unmanaged<Handle>.fromOpaque(data).takeUnretainedValue()
    }
}

extension Handle {
    /// The object a C callback of a kind is about.
    static func of<Raw>(_ raw: UnsafeMutablePointer<Raw>?) -> Self? {
        of(raw.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: uv_handle_t.self) }) as? Self
    }
}
