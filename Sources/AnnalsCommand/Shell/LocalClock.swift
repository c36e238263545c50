import AnnalsModel
import Glibc

/// The clock on the reader's wall: the zone of `TZ`.
enum LocalClock {
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `2025-08-09 12:34` in the reader's zone.
    static func text(_ instant: Instant) -> String {
        var seconds = time_t(instant.milliseconds >= 0 ? instant.milliseconds / 1000 : (instant.milliseconds - 999) / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return instant.description }
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) \(two(parts.tm_hour)):\(two(parts.tm_min))"
    }

    /// The instant of a local time; nil where the C library cannot tell.
    static func instant(_ time: PointWords.LocalTime) -> Instant? {
        let (year, month, day) = time.day.civil
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(time.milliseconds / 3_600_000)
        parts.tm_min = Int32(time.milliseconds / 60_000 % 60)
        parts.tm_sec = Int32(time.milliseconds / 1000 % 60)
        parts.tm_isdst = -1
        let seconds = mktime(&parts)
        return seconds == -1 ? nil : Instant(milliseconds: Int64(seconds) * 1000 + time.milliseconds % 1000)
    }
}
