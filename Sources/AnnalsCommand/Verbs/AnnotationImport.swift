import Annals
import AnnalsModel
import AnnalsWire

/// Annotations of an importer, checked against their documents as a whole before any is recorded.
struct AnnotationImport {
    private struct Checked {
        var annotation: AnnotationLines.Annotation
        var document: ItemID
        var passage: Passage
        /// The event that is named by handle.
        var event: ItemID?
    }

    private var checked: [Checked] = []

    /// Annotations in one change: each makes at most five operations, half of the thousand that a change may have.
    static let batchMax = 100
    /// Bytes of quotes and notes in one change: with every escape less than half of the limit on a change.
    static let batchBytesMax = 1 << 19

    /// - Parameter imported: the text that is imported with them, which annotations without a document are about.
    init(_ path: String, imported: String?, _ desk: Desk) throws {
        let lines = try AnnotationLines.read(try InputFile.text(path), file: path, json: JSONLine.value)
        var matchers: [ItemID: QuoteMatcher] = [:]
        let own = imported.map { ItemID(document: sha256($0)) }
        if let own, let imported { matchers[own] = QuoteMatcher(text: imported) }
        for line in lines {
            let place = "\(path), line \(line.line)"
            do {
                let document = try Self.document(line, own, desk)
                let matcher = try matchers[document] ?? QuoteMatcher(text: Self.text(document, desk))
                matchers[document] = matcher
                let passage = try matcher.passage(at: line.position)
                if let exact = line.exact, !sameBytes(exact, passage.quote.exact) {
                    throw CommandFailure(
                        "the text at code points \(line.position.start)..<\(line.position.end) is not what exact says", at: place,
                        do: "count offsets in Unicode code points of this very text; nothing was recorded")
                }
                checked.append(Checked(annotation: line, document: document, passage: passage, event: try Self.event(line, desk)))
            } catch let error as QuoteError {
                throw CommandFailure("\(error)", at: place, do: "correct the offsets; nothing was recorded")
            } catch let error as AnnalsError {
                throw CommandFailure(error.what, at: place, do: "name a document or event of this replica; nothing was recorded")
            }
        }
    }

    private static func document(_ line: AnnotationLines.Annotation, _ own: ItemID?, _ desk: Desk) throws -> ItemID {
        if let word = line.document {
            if let id = ItemID(word), id == own { return id }
            return try desk.find(word, kinds: ["document"]).id
        }
        guard let own else { throw AnnalsError(.notFound, "no document is named") }
        return own
    }

    private static func text(_ document: ItemID, _ desk: Desk) throws -> String {
        guard let text = try desk.view.entity(document)?.shown("text")?.string else {
            throw AnnalsError(.notFound, "the document's text is not here")
        }
        return text
    }

    private static func event(_ line: AnnotationLines.Annotation, _ desk: Desk) throws -> ItemID? {
        guard let word = line.event, Handle(word) != nil || ItemID(word) != nil else { return nil }
        return try desk.find(word, kinds: ["event"]).id
    }

    /// Records all of them; an event that several lines give the same title is one.
    func record(_ desk: Desk, _ options: RecordOptions) throws {
        guard let about = desk.vocabulary.field("about", of: "citation") else { return }
        var events: [Value: ItemID] = [:]
        for batch in batches {
            // Each sees the events that those before it made.
            try desk.refreshed().record(options, about: "\(batch.count) annotations") { draft in
                for item in batch {
                    let citation = try draft.create("citation", fields: CiteCommand.fields(item.passage, of: item.document))
                    if let event = try event(item, &events, draft) {
                        try draft.write(["item": .string(event.raw), "stance": "supports"], to: about, of: citation)
                    }
                    if let note = item.annotation.note {
                        _ = try draft.create("note", fields: [("target", .string(citation.raw)), ("text", .string(note))])
                    }
                }
            }
        }
        desk.console.remark("\(checked.count) annotations checked" + (options.dryRun ? "" : " and recorded"))
    }

    /// The annotations in as many changes as the limits ask for; what is in one is recorded whole.
    private var batches: [[Checked]] {
        var batches: [[Checked]] = []
        var bytes = 0
        for item in checked {
            let size = item.passage.quote.exact.utf8.count + (item.annotation.note?.utf8.count ?? 0)
            if batches.isEmpty || batches[batches.count - 1].count == Self.batchMax || bytes + size > Self.batchBytesMax {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(item)
            bytes += size
        }
        return batches
    }

    private func event(_ item: Checked, _ events: inout [Value: ItemID], _ draft: Draft) throws -> ItemID? {
        if let event = item.event { return event }
        guard let title = item.annotation.event.map(Value.string) else { return nil }
        if let event = events[title] { return event }
        let event = try draft.create("event", fields: [("title", title)])
        events[title] = event
        return event
    }
}
