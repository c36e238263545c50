import AnnalsModel
import Testing

/// Worked examples from the literature.
@Suite("Agreement between coders")
struct AgreementTests {
    /// A row of values for each coder, `.` where one did not code; columns are units.
    private func agreement(_ rows: String...) -> Agreement {
        let table = rows.map { $0.split(separator: " ").map(String.init) }
        let units = table[0].indices.map { unit in
            table.indices.reduce(into: [Name: Value]()) { values, coder in
                if table[coder][unit] != "." { values[Name("coder\(coder)")!] = .string(table[coder][unit]) }
            }
        }
        return Agreement(units)
    }

    /// Two coders by the table of how often each pair of values occurs.
    private func agreement(_ counts: [[Int]]) -> Agreement {
        var units: [[Name: Value]] = []
        for (first, row) in counts.enumerated() {
            for (second, count) in row.enumerated() {
                for _ in 0..<count { units.append([Name("a")!: .integer(Int64(first)), Name("b")!: .integer(Int64(second))]) }
            }
        }
        return Agreement(units)
    }

    @Test("α of two coders and two values (Krippendorff 2011, example A): 0.095")
    func exampleA() {
        #expect(agreement("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0").alpha?.text(3) == "0.095")
    }

    @Test("α of two coders and five values (Krippendorff 2011, example B): 0.692")
    func exampleB() {
        #expect(agreement("a a b b d c c c e d d a", "b a b b b c c c e d d d").alpha?.text(3) == "0.692")
    }

    @Test("α of four coders with missing values (Krippendorff 2011, example C): 0.743")
    func exampleC() {
        let example = agreement(
            "1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
        #expect(example.alpha?.text(3) == "0.743")
        #expect(example.coders.count == 4)
        // The last unit was coded by one only: nothing can be said of it.
        #expect(example.units == 12 && example.pairable == 11)
    }

    @Test("κ of three diagnoses (Fleiss, Levin and Paik 2003, table 18.1): 0.676")
    func fleiss() {
        let pair = agreement([[75, 1, 4], [5, 4, 1], [0, 0, 10]]).byPair[0]
        #expect(pair.kappa?.text(3) == "0.676")
        #expect(pair.units == 100 && pair.agreed == 89)
    }

    @Test("κ of two readers (Viera and Garrett 2005, table 1): 0.57")
    func viera() {
        #expect(agreement([[15, 5], [10, 70]]).byPair[0].kappa?.text(2) == "0.57")
    }

    @Test("percent is that of pairs, and where all agree on one value neither coefficient is defined")
    func edges() {
        let three = agreement("a b", "a b", "a c")
        #expect(three.percent == Ratio(4, 6))
        #expect(three.pairs == 6 && three.agreedPairs == 4)
        let same = agreement("a a", "a a")
        #expect(same.percent == Ratio(1) && same.alpha == nil && same.byPair[0].kappa == nil)
        let alone = agreement("a b")
        #expect(alone.percent == nil && alone.alpha == nil && alone.byPair.isEmpty)
        #expect(Agreement([]).units == 0)
        // Whoever always disagrees is below chance.
        #expect(agreement("a b", "b a").alpha.map { $0 < Ratio(0) } == true)
    }

    @Test("a ratio is rounded where it is printed, half away from zero")
    func ratios() {
        #expect(Ratio(2, 3).text(3) == "0.667" && Ratio(1, 8).text(2) == "0.13" && Ratio(-1, 8).text(2) == "-0.13")
        #expect(Ratio(5).text(0) == "5" && Ratio(-1, 1000).text(2) == "0.00" && Ratio(4, -6) == Ratio(-2, 3))
        #expect(Ratio(1) / Ratio(0) == nil)
    }
}
