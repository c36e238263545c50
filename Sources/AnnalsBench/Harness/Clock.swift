internal import CLinux
internal import Foundation

/// The clock of all measurements: monotonic, and the same for every process of the machine.
enum Clock {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static func seconds(since start: UInt64) -> Double { Double(nanoseconds() - start) / 1e9 }

    /// Seconds that `body` took.
    static func measure(_ body: () throws -> Void) rethrows -> Double {
        let start = nanoseconds()
        try body()
        return seconds(since: start)
    }

    /// Nanoseconds that `body` took.
    static func nanoseconds(of body: () -> Void) -> UInt64 {
        let start = nanoseconds()
        body()
        return nanoseconds() - start
    }

    /// CPU seconds of this process so far, user and system.
    static func cpu() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.seconds
    }

    /// Nanoseconds of processor time of this thread so far.
    static func threadCPU() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static func sleep(milliseconds: Int) {
        usleep(UInt32(milliseconds) * 1000)
    }
}

extension rusage {
    /// User and system time.
    var seconds: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1e6
    }
}
