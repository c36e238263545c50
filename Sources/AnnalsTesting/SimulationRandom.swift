public import AnnalsModel

/// Numbers that a seed decides, the same on every machine: SplitMix64.
///
/// Sebastiano Vigna, "splitmix64.c", public domain, after Steele, Lea and Flood, "Fast splittable pseudorandom number generators".
public struct SimulationRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from 0, below `bound`; 0 where the bound is not above 0.
    public mutating func below(_ bound: Int) -> Int {
        bound > 0 ? Int(next() % UInt64(bound)) : 0
    }

    /// Whether something happens that happens so many times in a hundred.
    public mutating func percent(_ chance: Int) -> Bool { below(100) < chance }

    /// One of these; nil where there is none.
    public mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element? {
        choices.isEmpty ? nil : choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
    }

    /// A change id.
    public mutating func changeID() -> ChangeID {
        ChangeID(random: UInt16(truncatingIfNeeded: next()), next())
    }
}
