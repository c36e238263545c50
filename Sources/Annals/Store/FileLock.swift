internal import Glibc

/// An advisory lock on a file, between processes and between open stores of one process: `flock(2)`.
///
/// The system lets waiters in one after the other, and drops the lock when its holder dies.
final class FileLock: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens the lock file, making it where it does not exist.
    init(path: String) throws(AnnalsError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw .system(errno, "open", path) }
    }

    deinit { close(descriptor) }

    /// Waits until nobody else holds it.
    func lock() throws(AnnalsError) {
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw .system(errno, "lock", path) }
        }
    }

    /// Whether it was free, and is held now.
    func tryLock() throws(AnnalsError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw .system(errno, "lock", path) }
        }
        return true
    }

    func unlock() {
        flock(descriptor, LOCK_UN)
    }

    /// Sets the lock file's time, for those who watch it. That it was not set only makes them look later.
    func touch() {
        futimens(descriptor, nil)
    }
}

extension AnnalsError {
    /// What a failed system call means for a person.
    static func system(_ number: Int32, _ act: String, _ path: String) -> AnnalsError {
        let why = String(cString: strerror(number))
        switch number {
        case EACCES, EPERM, EROFS:
            return AnnalsError(
                .readOnly, "cannot \(act) \(path): \(why)",
                wayOut: "Give yourself the right to write in that folder, or copy the replica to one of yours.")
        case ENOSPC, EDQUOT:
            return AnnalsError(.diskFull, "cannot \(act) \(path): \(why)", wayOut: "Make room and try again; nothing recorded is lost.")
        case ENOENT:
            return AnnalsError(.notFound, "cannot \(act) \(path): \(why)", wayOut: "Check the path.")
        default:
            return AnnalsError(.failed, "cannot \(act) \(path): \(why)")
        }
    }
}
