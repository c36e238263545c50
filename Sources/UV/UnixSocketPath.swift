import CUV
import Glibc

/// Bytes that a Unix socket's path holds at most.
let unixPathBytesMax = Int(CUV_UNIX_PATH_BYTES_MAX)

/// The path of a Unix socket that fits into a socket address: libuv cuts a longer one without a word and would bind
/// or reach another file.
struct UnixSocketPath {
    let path: String

    init(_ path: String, _ action: @autoclosure () -> String) throws(UVError) {
        guard path.utf8.count <= unixPathBytesMax else { throw UVError(.nameTooLong, action()) }
        // An empty path binds an address with no file at all; C ends a path at a NUL.
        guard !path.isEmpty, !path.utf8.contains(0) else { throw UVError(.invalidArgument, action()) }
        self.path = path
    }

    /// Removes the socket that a program left when it died: only a socket, and only where nothing listens.
    ///
    /// Two programs that start at the same moment can still take the path from each other; whoever must exclude that
    /// holds a lock of its own first.
    func removeIfStale(_ action: @autoclosure () -> String) throws(UVError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }  // Nothing there, or bind will tell what is wrong.
        guard status.st_mode & S_IFMT == S_IFSOCK, cuv_unix_probe(path) == UV_ECONNREFUSED.rawValue else {
            throw UVError(.addressInUse, action())
        }
        guard unlink(path) == 0 else { throw UVError(status: uv_translate_sys_error(errno), action()) }
    }
}
