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
    /// The sum; nil where it cannot be held.
    func adding(_ other: Ratio) -> Ratio? {
        let (a, isLargeA) = numerator.multipliedReportingOverflow(by: other.denominator)
        let (b, isLargeB) = other.numerator.multipliedReportingOverflow(by: denominator)
        let (sum, isLargeSum) = a.addingReportingOverflow(b)
        let (product, isLargeProduct) = denominator.multipliedReportingOverflow(by: other.denominator)
        return isLargeA || isLargeB || isLargeSum || isLargeProduct ? nil : Ratio(sum, product)
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
        var (whole, rest) = numerator.magnitude.quotientAndRemainder(dividingBy: denominator.magnitude)
        var digits: [UInt8] = []
        for _ in 0..<decimals {
            let (digit, next) = (rest * 10).quotientAndRemainder(dividingBy: denominator.magnitude)
            digits.append(UInt8(digit))
            rest = next
        }
        if rest >= denominator.magnitude - rest {
            // Up, and over nines to the next whole.
            var at = digits.count - 1
            while at >= 0, digits[at] == 9 {
                digits[at] = 0
                at -= 1
            }
            if at >= 0 { digits[at] += 1 } else { whole += 1 }
        }
        let sign = numerator < 0 && (whole > 0 || digits.contains { $0 > 0 }) ? "-" : ""
        return sign + String(whole) + (decimals == 0 ? "" : "." + digits.map { String($0) }.joined())
    }
}
