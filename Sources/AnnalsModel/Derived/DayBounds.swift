public import EDTF

/// The first and the last day that something can be on; nil is open.
public struct DayBounds: Sendable, Hashable, CustomStringConvertible {
    public var earliest: EDTFDay?
    public var latest: EDTFDay?

    public init(earliest: EDTFDay?, latest: EDTFDay?) {
        self.earliest = earliest
        self.latest = latest
    }

    /// What an EDTF date can mean; nil for what is no date.
    public init?(_ edtf: String) {
        guard let date = try? EDTF(edtf) else { return nil }
        self.init(earliest: date.earliest, latest: date.latest)
    }

    /// Both ends so much later; nil where it is no duration of ISO 8601 in years, months, weeks and days.
    ///
    ///     DayBounds("[2025-08-07..2025-08-08]")?.adding("P6M")   // 2026-02-07 to 2026-02-08
    public func adding(_ duration: String) -> DayBounds? {
        guard let duration = try? EDTFDuration(duration) else { return nil }
        return DayBounds(earliest: earliest?.adding(duration), latest: latest?.adding(duration))
    }

    /// Both ends so many days later.
    public func adding(days: Int) -> DayBounds {
        func moved(_ day: EDTFDay?) -> EDTFDay? { day.map { EDTFDay(daysSinceEpoch: $0.daysSinceEpoch + days) } }
        return DayBounds(earliest: moved(earliest), latest: moved(latest))
    }

    /// What holds both.
    public func union(_ other: DayBounds) -> DayBounds {
        func both(_ a: EDTFDay?, _ b: EDTFDay?, _ choose: (EDTFDay, EDTFDay) -> EDTFDay) -> EDTFDay? {
            if let a, let b { choose(a, b) } else { nil }
        }
        return DayBounds(earliest: both(earliest, other.earliest, min), latest: both(latest, other.latest, max))
    }

    /// `2026-02-07..2026-02-08`; an open end is left out.
    public var description: String {
        if let earliest, earliest == latest { return earliest.description }
        return "\(earliest?.description ?? "")..\(latest?.description ?? "")"
    }
}

extension Entity {
    /// All values that a field shows: every side of a conflict, where it is contested.
    public func sides(_ field: String) -> [Value] {
        let heads = cells[CellKey(field)]?.heads.map(\.value).filter { !$0.isNull } ?? []
        return heads.isEmpty ? immutable[field].map { [$0] } ?? [] : heads
    }

    /// When an event was, by all sides of its date; nil where nothing is said.
    public var when: DayBounds? {
        sides("when").compactMap { $0["edtf"]?.string.flatMap(DayBounds.init) }.reduce(nil) { $0?.union($1) ?? $1 }
    }

    /// Whether an event took place, as far as is recorded: it is not said to be planned, cancelled or not to have happened.
    public var tookPlace: Bool { isPresent && sides("occurrence").allSatisfy { $0.string == "happened" } }
}
