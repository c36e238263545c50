import AnnalsJSON
import AnnalsModel
import AnnalsWire
import Foundation
import Testing

/// The cases of nst/JSONTestSuite, from the folder `json-test-suite` in the one that ANNALS_WILD_DATA names.
private enum WildJSON {
    static let folder = ProcessInfo.processInfo.environment["ANNALS_WILD_DATA"].map {
        URL(fileURLWithPath: $0).appendingPathComponent("json-test-suite")
    }

    static func cases(_ prefix: String) throws -> [(name: String, bytes: [UInt8])] {
        guard let folder else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }
            .map { ($0, Array(try Data(contentsOf: folder.appendingPathComponent($0)))) }
    }

    static func code(_ bytes: [UInt8]) -> JSONError.Code? {
        do throws(JSONError) {
            _ = try Value.parse(bytes)
            return nil
        } catch {
            return error.code
        }
    }
}

@Suite("JSONTestSuite", .enabled(if: WildJSON.folder != nil, "set ANNALS_WILD_DATA to the folder that holds json-test-suite"))
struct JSONTestSuiteTests {
    /// Valid JSON that Annals refuses, and by which of its own rules.
    static let refused: [String: JSONError.Code] = [
        // One key, one value: readers disagree on which of two counts.
        "y_object_duplicated_key.json": .duplicateKey,
        "y_object_duplicated_key_and_value.json": .duplicateKey,
        // No floating point: decimals are strings of a fixed grammar.
        "y_number.json": .notInteger,
        "y_number_0e+1.json": .notInteger,
        "y_number_0e1.json": .notInteger,
        "y_number_double_close_to_zero.json": .notInteger,
        "y_number_int_with_exp.json": .notInteger,
        "y_number_real_capital_e.json": .notInteger,
        "y_number_real_capital_e_neg_exp.json": .notInteger,
        "y_number_real_capital_e_pos_exp.json": .notInteger,
        "y_number_real_exponent.json": .notInteger,
        "y_number_real_fraction_exponent.json": .notInteger,
        "y_number_real_neg_exp.json": .notInteger,
        "y_number_real_pos_exponent.json": .notInteger,
        "y_number_simple_real.json": .notInteger,
        "y_object_extreme_numbers.json": .notInteger,
        "y_structure_lonely_negative_real.json": .notInteger,
        // One spelling for each integer.
        "y_number_minus_zero.json": .negativeZero,
        "y_number_negative_zero.json": .negativeZero,
        // A line feed ends a line, so none stands inside a value.
        "y_array_with_1_and_newline.json": .lineFeed,
        "y_object_with_newlines.json": .lineFeed,
        "y_structure_trailing_newline.json": .lineFeed,
    ]

    @Test("every valid case is taken, but for those that a rule of Annals refuses")
    func valid() throws {
        let cases = try WildJSON.cases("y_")
        #expect(cases.count >= 90)
        for (name, bytes) in cases {
            #expect(WildJSON.code(bytes) == Self.refused[name], "\(name)")
        }
        #expect(Set(Self.refused.keys).isSubset(of: cases.map(\.name)))
    }

    @Test("every valid case with line feeds is taken once they are blanks")
    func blanks() throws {
        for (name, bytes) in try WildJSON.cases("y_") where Self.refused[name] == .lineFeed {
            #expect(WildJSON.code(bytes.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }) == nil, "\(name)")
        }
    }

    @Test("every invalid case is refused")
    func invalid() throws {
        let cases = try WildJSON.cases("n_")
        #expect(cases.count >= 180)
        for (name, bytes) in cases { #expect(WildJSON.code(bytes) != nil, "\(name)") }
    }

    @Test("every case left to the reader gets an answer, and none is taken that is not UTF-8 or not an allowed integer")
    func either() throws {
        let cases = try WildJSON.cases("i_")
        #expect(cases.count >= 30)
        for (name, bytes) in cases { #expect(WildJSON.code(bytes) != nil, "\(name)") }
    }
}
