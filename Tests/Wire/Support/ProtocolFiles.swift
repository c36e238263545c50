import AnnalsModel
import Foundation

/// The files of `Protocol/`, found from where this file stands, so that no resource has to be copied.
enum ProtocolFiles {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Protocol")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    static func load<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
        try JSONDecoder().decode(type, from: try Data(contentsOf: folder.appending(path: name)))
    }

    static func value(_ name: String) throws -> Value {
        try load(name, as: AnyValue.self).value
    }
}

/// Any JSON value of a file, read by Foundation and so apart from the scanner that the vectors are about.
struct AnyValue: Decodable {
    var value: Value

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            value = .object(try object.allKeys.map { ($0.stringValue, try object.decode(AnyValue.self, forKey: $0).value) })
            return
        }
        if var array = try? decoder.unkeyedContainer() {
            var values: [Value] = []
            while !array.isAtEnd { values.append(try array.decode(AnyValue.self).value) }
            value = .array(values)
            return
        }
        let scalar = try decoder.singleValueContainer()
        if scalar.decodeNil() {
            value = .null
        } else if let flag = try? scalar.decode(Bool.self) {
            value = .bool(flag)
        } else if let number = try? scalar.decode(Int64.self) {
            value = .integer(number)
        } else {
            value = .string(try scalar.decode(String.self))
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// The bytes that an even number of hex digits spell; nil for anything else.
func decodedHex(_ hex: String) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).reduce(into: [UInt8]?([])) { bytes, at in
        let byte = UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16)
        if let byte { bytes?.append(byte) } else { bytes = nil }
    }
}
