import AnnalsModel
import AnnalsWire
import Testing

/// `Protocol/vectors/codec.json`.
struct CodecVectors: Decodable {
    struct Valid: Decodable {
        var line: String
        /// What is written for it; the line itself where there is none.
        var writes: String?
        /// For an entry: the change's bytes.
        var change: String?
    }

    struct Invalid: Decodable {
        var line: String?
        var hex: String?
        var code: String?
        var why: String?

        var bytes: [UInt8] { hex.flatMap { decodedHex($0) } ?? Array((line ?? "").utf8) }
    }

    struct Part: Decodable {
        var valid: [Valid]
        var invalid: [Invalid]
    }

    struct Rule: Decodable {
        var line: String
        var role: String
        /// The refusal; nil where the change is taken.
        var code: String?
        var why: String
    }

    var json: Part
    var client: Part
    var server: Part
    var change: Part
    var entry: Part
    var rules: [Rule]

    static func load() throws -> CodecVectors { try ProtocolFiles.load("vectors/codec.json", as: CodecVectors.self) }
}
