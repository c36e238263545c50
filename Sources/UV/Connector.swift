import CUV
import Glibc

extension Stream {
    /// Connects over TCP: resolves the name, tries each address in the resolver's order, and calls back exactly
    /// once, on the loop, after this has returned (at once only where the loop is stopping).
    ///
    /// - Parameters:
    ///   - limit: milliseconds for everything together; each address gets its share of what is left.
    ///   - completion: the stream, its callbacks yet unset and not reading; or the last address's error.
    /// - Returns: the attempt, to cancel it.
    @discardableResult
    public static func connect(
        on loop: EventLoop, host: String, port: UInt16, timeoutMilliseconds limit: UInt64 = 10_000,
        completion: @escaping (Result<Stream, UVError>) -> Void
    ) -> Connector {
        let connector = Connector(loop, SocketAddress.text(host: host, port: port), limit, completion)
        connector.start(host, port)
        return connector
    }

    /// Connects to a Unix socket; otherwise as over TCP.
    @discardableResult
    public static func connect(
        on loop: EventLoop, path: String, timeoutMilliseconds limit: UInt64 = 10_000,
        completion: @escaping (Result<Stream, UVError>) -> Void
    ) -> Connector {
        let connector = Connector(loop, path, limit, completion)
        connector.start(path)
        return connector
    }
}

/// A connection being made.
public final class Connector {
    private let loop: EventLoop
    private let target: String
    private let limitMilliseconds: UInt64
    private var completion: ((Result<Stream, UVError>) -> Void)?

    /// Runs out for what is being done now; also keeps the connector alive, and hears when the loop stops.
    private var timer: Timer?
    private var onTimer: (() -> Void)?
    private var deadline: UInt64 = 0

    private var addresses: ArraySlice<sockaddr_storage> = []
    private var resolving: ResolveRequest?
    private var current: Stream?
    private var lastError: UVError?

    fileprivate init(
        _ loop: EventLoop, _ target: String, _ limitMilliseconds: UInt64,
        _ completion: @escaping (Result<Stream, UVError>) -> Void
    ) {
        self.loop = loop
        self.target = target
        self.limitMilliseconds = limitMilliseconds
        self.completion = completion
    }

    /// Gives up: the completion gets `ECANCELED` before this returns, unless it has been called already.
    public func cancel() {
        loop.preconditionOnLoop()
        finish(.failure(UVError(.canceled, action)))
    }

    private var action: String { "connect to \(target)" }

    // MARK: - Beginnings

    fileprivate func start(_ host: String, _ port: UInt16) {
        guard startTimer() else { return }
        if let address = sockaddr_storage(numeric: host, port: port) {
            addresses = [address]
            return tryNext()
        }
        let request = ResolveRequest { self.resolved($0, $1) }
        resolving = request
        let status = request.start(loop, host, port)
        if status < 0 { return finishLater(UVError(status: status, action)) }
        schedule(limitMilliseconds) { self.finish(.failure(UVError(.timedOut, self.action))) }
    }

    fileprivate func start(_ path: String) {
        guard startTimer() else { return }
        do throws(UVError) {
            _ = try UnixSocketPath(path, action)
        } catch {
            return finishLater(error)
        }
        attempt(Stream(on: loop, .pipe), limitMilliseconds) { request, stream in
            uv_pipe_connect(request, stream.raw(as: uv_pipe_t.self), path, ConnectRequest.callback)
            return 0
        }
    }

    private func startTimer() -> Bool {
        let timer = Timer(on: loop) { self.onTimer?() }
        guard timer.isOpen else {
            finish(.failure(UVError(.canceled, action)))
            return false
        }
        timer.onClosed = { self.finish(.failure(UVError(.canceled, self.action))) }
        self.timer = timer
        deadline = loop.now + limitMilliseconds
        return true
    }

    private func schedule(_ milliseconds: UInt64, _ work: @escaping () -> Void) {
        onTimer = work
        timer?.start(afterMilliseconds: milliseconds)
    }

    // MARK: - Attempts

    private func resolved(_ status: Int32, _ found: [sockaddr_storage]) {
        resolving = nil
        guard completion != nil else { return }
        guard status == 0 else { return finish(.failure(UVError(status: status, action))) }
        addresses = found[...]
        tryNext()
    }

    private func tryNext() {
        guard let address = addresses.popFirst() else {
            return finishLater(lastError ?? UVError(.unknownHost, action))
        }
        let left = deadline > loop.now ? deadline - loop.now : 0
        attempt(Stream(on: loop, .tcp), left / UInt64(addresses.count + 1)) { request, stream in
            address.withSocketAddress {
                uv_tcp_connect(request, stream.raw(as: uv_tcp_t.self), $0, ConnectRequest.callback)
            }
        }
    }

    private func attempt(
        _ stream: Stream, _ limit: UInt64, _ connect: (UnsafeMutablePointer<uv_connect_t>, Stream) -> Int32
    ) {
        guard stream.birthStatus == 0 else { return ended(stream, stream.birthStatus) }
        current = stream
        schedule(limit) { self.ended(stream, UV_ETIMEDOUT.rawValue) }
        let request = ConnectRequest { self.ended(stream, $0) }
        let status = request.start { connect($0, stream) }
        if status < 0 { ended(stream, status) }
    }

    private func ended(_ stream: Stream, _ status: Int32) {
        // An attempt that timed out is reported again when its stream closes.
        guard completion != nil, current === stream || stream.birthStatus != 0 else { return }
        current = nil
        do throws(UVError) {
            try check(status, action)
            try stream.disableDelay()
            finish(.success(stream))
        } catch {
            stream.close()
            lastError = error
            tryNext()
        }
    }

    // MARK: - Ends

    private func finishLater(_ error: UVError) {
        schedule(0) { self.finish(.failure(error)) }
    }

    private func finish(_ result: Result<Stream, UVError>) {
        guard let completion else { return }
        self.completion = nil
        onTimer = nil
        timer?.onClosed = nil
        timer?.close()
        timer = nil
        resolving?.cancel()
        resolving = nil
        if case .failure = result { current?.close() }
        current = nil
        completion(result)
    }
}
