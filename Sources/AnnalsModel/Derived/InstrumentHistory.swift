public import EDTF

/// What became of an instrument, step by step: derived from its statuses, never stored.
///
/// Steps are in the order of their first possible day, then the last, then of the record; one without a date comes first, for
/// it held before anything that is known. Initialed never counts as signed: there is no order of ranks.
public struct InstrumentHistory: Sendable {
    /// One status.
    public struct Step: Sendable {
        /// A word of ``Codebooks/instrumentStatuses``.
        public var status: String
        /// The event that brought it about.
        public var event: ItemID?
        public var bounds: DayBounds
        public var basis: String?
        /// Whether the event took place; a status without an event is taken as it is said.
        public var holds: Bool
        /// Who said it, where in the record.
        public var stamp: Stamp
    }

    public let steps: [Step]

    /// - Parameter entity: an item of the same state, for the events that are named.
    public init(_ instrument: Entity, entity: (ItemID) throws -> Entity?) rethrows {
        var steps: [Step] = []
        for element in instrument.elements["statuses"] ?? [] {
            guard let status = element.value["status"]?.string else { continue }
            let id = element.value["event"]?.string.flatMap { ItemID($0) }
            let event = try id.flatMap(entity)
            let own = element.value["date"]?.string.flatMap(DayBounds.init)
            steps.append(
                Step(
                    status: status, event: id, bounds: own ?? event?.when ?? DayBounds(earliest: nil, latest: nil),
                    basis: element.value["basis"]?.string, holds: id == nil || event?.tookPlace == true, stamp: element.stamp))
        }
        self.steps = steps.sorted { a, b in
            if a.bounds.earliest != b.bounds.earliest { return Self.precedes(a.bounds.earliest, b.bounds.earliest, nilIsFirst: true) }
            if a.bounds.latest != b.bounds.latest { return Self.precedes(a.bounds.latest, b.bounds.latest, nilIsFirst: false) }
            return (a.stamp.seq, a.stamp.index) < (b.stamp.seq, b.stamp.index)
        }
    }

    private static func precedes(_ a: EDTFDay?, _ b: EDTFDay?, nilIsFirst: Bool) -> Bool {
        if let a, let b { return a < b }
        return (a == nil) == nilIsFirst
    }

    /// Where the instrument stood on a day: the last step that can have been by then. nil for the day takes all.
    public func current(on day: EDTFDay? = nil) -> Step? {
        steps.last { step in step.holds && (day.flatMap { day in step.bounds.earliest.map { $0 <= day } } ?? true) }
    }

    /// Where the instrument stood on a day for certain: the last step that must have come by then, unless another one that can have come by then
    /// may be later than that.
    public func certain(on day: EDTFDay) -> Step? {
        // What has no date at all held before anything that is known.
        guard let last = steps.last(where: { $0.holds && ($0.bounds.latest.map { $0 <= day } ?? ($0.bounds.earliest == nil)) }) else {
            return nil
        }
        let isLast = steps.allSatisfy { step in
            guard step.holds, step.status != last.status, step.bounds != last.bounds,
                step.bounds.earliest.map({ $0 <= day }) ?? (step.bounds.latest != nil)
            else {
                return true
            }
            return step.bounds.latest.flatMap { latest in last.bounds.earliest.map { latest <= $0 } } ?? false
        }
        return isLast ? last : nil
    }

    /// Whether it ever got this status.
    public func has(_ status: String) -> Bool { steps.contains { $0.holds && $0.status == status } }
}
