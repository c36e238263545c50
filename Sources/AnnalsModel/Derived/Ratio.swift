/// An exact fraction, for figures that are compared: it is rounded only where it is printed.
public struct Ratio: Sendable, Hashable, Comparable {
    public let numerator: Int128
    /// More than 0, with no factor in common with the numerator.
    public let denominator: Int128

    /// - Precondition: the denominator is not 0.
    public init(_ numerator: Int128, _ denominator: Int128 = 1) {
        precondition(denominator != 0, "a fraction of nothing")
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let divisor = Int128(max(a, 1)) * (denominator < 0 ? -1 : 1)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    public static func + (a: Ratio, b: Ratio) -> Ratio {
        Ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
    }
    public static func - (a: Ratio, b: Ratio) -> Ratio { a + Ratio(-b.numerator, b.denominator) }
    public static func * (a: Ratio, b: Ratio) -> Ratio { Ratio(a.numerator * b.numerator, a.denominator * b.denominator) }
    /// nil where `b` is 0.
    public static func / (a: Ratio, b: Ratio) -> Ratio? {
        b.numerator == 0 ? nil : Ratio(a.numerator * b.denominator, a.denominator * b.numerator)
    }
    public static func < (a: Ratio, b: Ratio) -> Bool { a.numerator * b.denominator < b.numerator * a.denominator }

    /// Rounded to so many decimals, half away from zero: `Ratio(2, 3).text(3)` is `0.667`.
    public func text(_ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(Int128(1)) { scale, _ in scale * 10 }
        let scaled = (numerator.magnitude * UInt128(scale) * 2 + denominator.magnitude) / (denominator.magnitude * 2)
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: UInt128(scale))
        let sign = numerator < 0 && scaled > 0 ? "-" : ""
        if decimals == 0 { return sign + String(whole) }
        let digits = String(rest)
        return sign + String(whole) + "." + String(repeating: "0", count: decimals - digits.utf8.count) + digits
    }
}
