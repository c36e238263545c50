internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// Refuses a document whose id is not the SHA-256 of its text: then two imports of one article would not be one document.
func checkDocumentNames(_ change: ChangePlaces, _ tape: borrowing JSONTape, _ line: RawSpan) throws(RuleViolation) {
    var elements = tape.elements(of: change.operations)
    var number = 0
    while let place = elements.next(in: tape) {
        number += 1
        let operation = (number == 1 ? change.first : nil) ?? OperationPlaces(at: place, of: tape, in: line)
        guard let kind = operation.kind, tape[kind].equals("document", in: line) else { continue }
        guard case .create = operation.verb,
            let fields = operation.fields, let place = tape.member("text", of: fields, in: line),
            let digest = tape[place].withText(in: line, { sha256($0.extracting($1)) })
        else { continue }
        if operation.id.flatMap({ tape[$0].string(in: line) }) != ItemID(document: digest).raw {
            throw RuleViolation(.invalid, operation: number, "the id is not the SHA-256 of the text")
        }
    }
}
