internal import AnnalsModel
internal import AnnalsWire

/// Refuses a document whose id is not the SHA-256 of its text: then two imports of one article would not be one document.
func checkDocumentNames(_ change: Change) throws(RuleViolation) {
    for (index, operation) in change.operations.enumerated() {
        guard operation.kind == "document", case .create(let id, let fields) = operation.action,
            let text = fields.first(where: { $0.key == "text" })?.value.string
        else { continue }
        if id != ItemID(document: sha256(Array(text.utf8))) {
            throw RuleViolation(.invalid, operation: index + 1, "the id is not the SHA-256 of the text")
        }
    }
}
