import CUV

/// Calls back when a file, or something directly in a directory, is written, made, renamed or removed.
///
/// A hint, not a record: the system may merge events or lose them under load, so look at the file, and look now and
/// then even without a call. To watch a file that others replace by renaming, watch its directory.
public final class FileWatcher: Handle {
    public let path: String

    private var onChange: ((Result<String?, UVError>) -> Void)?

    /// Watches from now until closed.
    ///
    /// - Parameter onChange: the name (not the path) of what changed, nil where the system does not tell; or why
    ///   watching no longer works.
    public init(
        on loop: EventLoop, path: String, _ onChange: @escaping (Result<String?, UVError>) -> Void
    ) throws(UVError) {
        self.path = path
        self.onChange = onChange
        super.init(on: loop, UV_FS_EVENT) { uv_fs_event_init($0, $1.assumingMemoryBound(to: uv_fs_event_t.self)) }
        try check(birthStatus, "watch \(path)")
        let status = uv_fs_event_start(
            raw(as: uv_fs_event_t.self),
            { handle, name, _, status in
                guard let watcher = FileWatcher.of(handle) else { return }
                watcher.onChange?(
                    status < 0
                        ? .failure(UVError(status: status, "watch \(watcher.path)"))
                        : .success(name.map { String(cString: $0) }))
            }, path, 0)
        if status < 0 { close() }
        try check(status, "watch \(path)")
    }

    override func didClose() { onChange = nil }
}
