/// The time of day of a date-time, as it was written: it is never converted to another zone.
public struct EDTFTime: Hashable, Sendable {
    /// What a time of day is counted from.
    public enum Zone: Hashable, Sendable {
        /// No zone was written: local time of wherever it happened.
        case local
        /// `Z`.
        case utc
        /// `+04:00`, in minutes east of UTC.
        case offset(minutes: Int)
    }

    /// 0 to 23.
    public let hour: Int
    /// 0 to 59.
    public let minute: Int
    /// 0 to 59.
    public let second: Int
    public let zone: Zone
}
