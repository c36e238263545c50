import AnnalsModel
import AnnalsWire

/// JSON for scripts: members in order of their bytes, so that the same facts are the same line.
enum JSONLine {
    static func text(_ value: Value) -> String { String(decoding: value.canonicalBytes, as: UTF8.self) }

    static func text(_ members: [(String, Value)]) -> String { text(.object(members)) }

    /// nil where the text is not JSON as Annals allows it.
    static func value(_ text: String) -> Value? { try? Value.parse(Array(text.utf8)) }
}
