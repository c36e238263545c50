import AnnalsModel

/// Annotations of an importer, one JSON object on each line: `{"document":"d12","start":2076,"end":2270,"exact":"…","note":"…","event":"…"}`.
///
/// They are read and checked before anything is recorded: a bad one refuses the whole file, by its line.
enum AnnotationLines {
    struct Annotation: Equatable {
        /// Its line in the file, from 1.
        var line: Int
        /// The document's handle or id; nil for the one that is imported with it.
        var document: String?
        var position: TextPosition
        /// What stands there, where the importer says so.
        var exact: String?
        var note: String?
        /// A handle of an event, or the title of a new one.
        var event: String?
    }

    static func read(_ text: String, file: String, json: (String) -> Value?) throws -> [Annotation] {
        var annotations: [Annotation] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == " " || $0 == "\r" || $0 == "\t" }) { continue }
            annotations.append(try annotation(String(line), index + 1, file, json))
        }
        return annotations
    }

    private static func annotation(_ line: String, _ number: Int, _ file: String, _ json: (String) -> Value?) throws -> Annotation {
        func failure(_ what: String, _ wayOut: String) -> CommandFailure {
            CommandFailure(what, at: "\(file), line \(number)", do: wayOut + "; nothing was recorded")
        }
        guard let value = json(line), value.object != nil else {
            throw failure("the line is not a JSON object", "write one object on each line")
        }
        guard let start = value["start"]?.integer, let end = value["end"]?.integer, start >= 0, start < end else {
            throw failure("start and end are no span", "give whole numbers of Unicode code points, 0 ≤ start < end")
        }
        for name in ["document", "exact", "note", "event"] where value[name].map({ $0.string == nil }) == true {
            throw failure("\(name) is not a string", "write it in quotes")
        }
        return Annotation(
            line: number, document: value["document"]?.string, position: TextPosition(start: Int(start), end: Int(end)),
            exact: value["exact"]?.string, note: value["note"]?.string, event: value["event"]?.string)
    }
}
