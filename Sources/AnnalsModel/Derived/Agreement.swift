/// How far coders agree on one variable: percent, Cohen's κ of each two, Krippendorff's α for nominal data with missing values.
///
/// Sources: J. Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological Measurement 20 (1960);
/// K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). All figures are exact.
///
///     let agreement = Agreement([[aliya: "SUPPORT", ben: "SUPPORT"], [aliya: "AGREE", ben: "CONSULT"]])
///     agreement.percent   // 1/2
public struct Agreement: Sendable {
    /// What two coders make of the units that both coded.
    public struct Pair: Sendable {
        public var first: Name
        public var second: Name
        /// The units that both coded.
        public var units: Int
        public var agreed: Int
        /// nil where both say the same of everything, so that chance would as well.
        public var kappa: Ratio?
    }

    /// Who coded anything, in order.
    public let coders: [Name]
    /// The units that somebody coded.
    public let units: Int
    /// How many judgments there are in all.
    public let judgments: Int
    /// How many of them their coders have not submitted yet.
    public let drafts: Int
    /// Those that two or more coded: of others nothing can be said.
    public let pairable: Int
    /// Pairs of values of one unit, and how many of them are equal.
    public let pairs: Int
    public let agreedPairs: Int
    /// In order of the coders.
    public let byPair: [Pair]
    /// nil where nothing varies, nothing can be compared, or so many coders judged that the figure cannot be held exactly.
    public let alpha: Ratio?

    /// Agreed pairs of all pairs; nil where there is none.
    public var percent: Ratio? { pairs == 0 ? nil : Ratio(Int128(agreedPairs), Int128(pairs)) }

    /// - Parameters:
    ///   - units: of each unit what each coder who coded it says.
    ///   - drafts: how many of these judgments are not submitted.
    public init(_ units: [[Name: Value]], drafts: Int = 0) {
        self.drafts = drafts
        let coded = units.filter { !$0.isEmpty }
        let coders = Set(coded.flatMap(\.keys)).sorted()
        let pairable = coded.filter { $0.count > 1 }
        self.coders = coders
        self.units = coded.count
        self.pairable = pairable.count
        judgments = coded.reduce(0) { $0 + $1.count }
        let counts = pairable.map { unit in unit.values.reduce(into: [Value: Int]()) { $0[$1, default: 0] += 1 } }
        pairs = pairable.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }
        agreedPairs = counts.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1 * ($1 - 1) / 2 } }
        var byPair: [Pair] = []
        for (index, first) in coders.enumerated() {
            for second in coders[(index + 1)...] {
                let both = pairable.compactMap { unit in unit[first].flatMap { a in unit[second].map { (a, $0) } } }
                byPair.append(
                    Pair(
                        first: first, second: second, units: both.count, agreed: both.count { $0 == $1 }, kappa: Self.kappa(both)))
            }
        }
        self.byPair = byPair
        alpha = Self.alpha(counts)
    }

    /// (p_o − p_e) / (1 − p_e).
    private static func kappa(_ both: [(Value, Value)]) -> Ratio? {
        guard !both.isEmpty else { return nil }
        let n = Int128(both.count)
        var (first, second): ([Value: Int128], [Value: Int128]) = ([:], [:])
        for (a, b) in both {
            first[a, default: 0] += 1
            second[b, default: 0] += 1
        }
        let observed = Ratio(Int128(both.count { $0 == $1 }), n)
        let expected = Ratio(first.reduce(0) { $0 + $1.value * (second[$1.key] ?? 0) }, n * n)
        return (observed - expected) / (Ratio(1) - expected)
    }

    /// 1 − D_o / D_e by the matrix of coincidences: each unit's pairs of values count 1 / (m − 1), m being its number of values.
    private static func alpha(_ units: [[Value: Int]]) -> Ratio? {
        var totals: [Value: Int128] = [:]
        // Pairs of different values, by how many values their units have.
        var unequal: [Int128: Int128] = [:]
        for unit in units {
            let m = Int128(unit.values.reduce(0, +))
            let equal = unit.values.reduce(Int128(0)) { $0 + Int128($1) * Int128($1 - 1) }
            unequal[m, default: 0] += m * (m - 1) - equal
            for (value, count) in unit { totals[value, default: 0] += Int128(count) }
        }
        var observed: Ratio? = Ratio(0)
        for (m, pairs) in unequal.sorted(by: { $0.key < $1.key }) { observed = observed?.adding(Ratio(pairs, m - 1)) }
        let n = totals.values.reduce(0, +)
        // Pairs of different values that chance would make: Σ n_c n_k over c ≠ k.
        let byChance = n * n - totals.values.reduce(0) { $0 + $1 * $1 }
        guard byChance > 0, let observed else { return nil }
        let (numerator, isLarge) = (n - 1).multipliedReportingOverflow(by: observed.numerator)
        let (denominator, isLargeToo) = byChance.multipliedReportingOverflow(by: observed.denominator)
        return isLarge || isLargeToo ? nil : Ratio(1).adding(Ratio(-numerator, denominator))
    }
}
