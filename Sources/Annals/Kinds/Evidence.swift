public import AnnalsModel

/// Which way a passage speaks.
public enum Stance: String, Sendable, Hashable, CaseIterable {
    case supports, contradicts
}

extension Edit {
    /// Quotes a passage of a document, as evidence for an entity or one of its fields.
    ///
    /// - Parameters:
    ///   - item: what it is evidence for; nil for a passage that is only marked.
    ///   - field: one field of it.
    ///   - value: what the passage says the field is, where it says so.
    ///   - speaker: whose claim it is, where it is not the document's own.
    /// - Returns: the citation's id.
    @discardableResult
    public func cite(
        _ passage: Passage, of document: ItemID, for item: ItemID? = nil, field: String? = nil,
        stance: Stance = .supports, value: String? = nil, speaker: ItemID? = nil
    ) throws -> ItemID {
        let quote = Value.object([
            ("exact", .string(passage.quote.exact)), ("prefix", .string(passage.quote.prefix)),
            ("suffix", .string(passage.quote.suffix)),
        ])
        let position: Value = [
            "start": .integer(Int64(passage.position.start)), "end": .integer(Int64(passage.position.end)),
        ]
        let citation = try create(
            "citation", fields: [("document", .string(document.raw)), ("quote", quote), ("position", position)])
        if let item {
            try cite(citation, for: item, field: field, stance: stance, value: value, speaker: speaker)
        }
        return citation
    }

    /// Says what a citation is evidence for, besides what it is already.
    @discardableResult
    public func cite(
        _ citation: ItemID, for item: ItemID, field: String? = nil, stance: Stance = .supports, value: String? = nil,
        speaker: ItemID? = nil
    ) throws -> ItemID {
        var about: [(String, Value)] = [("item", .string(item.raw)), ("stance", .string(stance.rawValue))]
        if let field {
            try requireField(field, of: item)
            about.append(("field", .string(field)))
        }
        if let value { about.append(("value", .string(value))) }
        if let speaker { about.append(("speaker", ["item": .string(speaker.raw)])) }
        return try add(citation, "about", .object(about))
    }

    /// Quotes a passage as evidence for a field of a known kind: `edit.cite(quote, of: article, for: event, field: \.when)`.
    @discardableResult
    public func cite<Kind: EntityKind>(
        _ passage: Passage, of document: Document, for item: Item<Kind>, field: PartialKeyPath<Kind>? = nil,
        stance: Stance = .supports
    ) throws -> ItemID {
        try cite(passage, of: document.id, for: item.id, field: field.flatMap { Kind.fieldNames[$0] }, stance: stance)
    }

    /// A remark on anything.
    @discardableResult
    public func note(on target: ItemID, text: String, replyTo: ItemID? = nil) throws -> ItemID {
        var fields: [(String, Value)] = [("target", .string(target.raw)), ("text", .string(text))]
        if let replyTo { fields.append(("reply-to", .string(replyTo.raw))) }
        return try create("note", fields: fields)
    }

    /// Brings a document in: two imports of the same text are one document.
    @discardableResult
    public func importDocument(
        text: String, title: String? = nil, language: String? = nil, published: String? = nil, uri: String? = nil,
        source: String? = nil, previous: ItemID? = nil
    ) throws -> ItemID {
        var fields: [(String, Value)] = [("text", .string(text))]
        if let title { fields.append(("title", .string(title))) }
        if let language { fields.append(("language", .string(language))) }
        if let published { fields.append(("published", .string(published))) }
        if let uri { fields.append(("uri", .string(uri))) }
        if let source { fields.append(("source", ["text": .string(source)])) }
        if let previous { fields.append(("previous", .string(previous.raw))) }
        return try create("document", fields: fields)
    }
}
