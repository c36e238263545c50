import Annals
import AnnalsModel
import ArgumentParser

struct AnchorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchors", abstract: "Where the quotes of older versions stand in a version of a document.",
        discussion: Help.text(
            """
            Each quote is exact (same words, same place), moved (same words elsewhere), fuzzy (similar words, with a score, or the same in several \
            places) or orphaned. --confirm records that a quote stands where it was found, --at where it really is; both sync.
            """,
            example: """
                annals import v2.txt --revises d~1
                annals anchors d~5 --confirm q~3
                """))

    @Argument(help: "The newer version.") var document: String?
    @Option(help: ArgumentHelp("A quote that stands where it was found; may be given more than once.", valueName: "handle"))
    var confirm: [String] = []
    @Option(help: ArgumentHelp("Where the one quote of --confirm really stands: words of the newer version.", valueName: "quote"))
    var at: String?
    @Flag(help: "Only what waits for a person: fuzzy or orphaned, and not confirmed.") var open = false
    @OptionGroup var record: RecordOptions
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        let document = try desk.find(document, kinds: ["document"], for: "anchors")
        let anchors = try desk.view.anchors(in: document.id)
        if !confirm.isEmpty { return try confirm(anchors, document, desk) }
        guard at == nil else { throw CommandFailure.usage("no quote was named", at: "--at", do: "name it with --confirm HANDLE") }
        let text = document.shown("text")?.string ?? ""
        let shown = open ? anchors.filter(\.waits) : anchors
        if desk.isJSON {
            desk.console.lines(shown.map { JSONLine.text(json($0, text, desk)) })
            return
        }
        desk.console.lines(Console.paint.table(shown.map { row($0, text, desk) }, columns: Console.columns, clip: Console.isTerminalOut))
        desk.console.remark(Self.summary(anchors))
        desk.sayAsOf()
    }

    /// `61 quotes: 40 exact, 19 moved, 1 fuzzy, 1 orphaned; 2 wait for a person`.
    static func summary(_ anchors: [AnchoredCitation]) -> String {
        let counts = Anchor.State.allCases.compactMap { state in
            let count = anchors.count { $0.anchor.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
        let waiting = anchors.count(where: \.waits)
        return "\(anchors.count) quotes" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
            + (waiting == 0 ? "" : "; \(waiting) wait\(waiting == 1 ? "s" : "") for a person")
    }

    private func confirm(_ anchors: [AnchoredCitation], _ document: Entity, _ desk: Desk) throws {
        let named = try confirm.map { word in
            let citation = try desk.find(word, kinds: ["citation"])
            guard let anchor = anchors.first(where: { $0.citation.id == citation.id }) else {
                throw CommandFailure("\(word) quotes no older version of \(desk.name(document.id))", at: word, do: "see annals anchors")
            }
            return anchor
        }
        var places = named.map(\.anchor.position)
        if let at {
            guard named.count == 1 else {
                throw CommandFailure.usage("several quotes are named", at: "--at", do: "confirm them one by one")
            }
            places = [try desk.view.document(document.id.raw).passage(at).position]
        }
        for (anchor, place) in zip(named, places) where place == nil {
            throw CommandFailure(
                "\(desk.name(anchor.citation.id)) was not found", at: desk.name(document.id),
                do: "say where it stands: --at \"words of it\"")
        }
        try desk.record(record, about: named.map { desk.name($0.citation.id) }.joined(separator: ", ")) { draft in
            for (anchor, place) in zip(named, places) {
                if let place { try draft.confirm(anchor.citation.id, in: document.id, at: place) }
            }
        }
    }

    /// The words of the newer version at the place that was confirmed or found.
    private func passage(_ anchor: AnchoredCitation, _ text: String) -> String? {
        (anchor.confirmed ?? anchor.anchor.position).flatMap { try? $0.substring(of: text) }.map(String.init)
    }

    private func row(_ anchor: AnchoredCitation, _ text: String, _ desk: Desk) -> EntityText.Row {
        let quote = desk.entityText.label(anchor.citation)
        let now = passage(anchor, text).flatMap { sameBytes($0, quote) ? nil : " → " + DisplayText.clipped($0, to: 160) } ?? ""
        let state = anchor.anchor.state
        let score = state == .fuzzy ? " \(anchor.anchor.score.text(2))" : ""
        let place = (anchor.confirmed ?? anchor.anchor.position).map { "\($0.start)..\($0.end)" } ?? ""
        let word = anchor.confirmed == nil ? state.rawValue + score : "confirmed"
        return [
            (desk.name(anchor.citation.id), .handle), (word, anchor.waits ? .alarm : nil), (place, .faint),
            (DisplayText.clipped(quote, to: 160) + now, nil),
        ]
    }

    private func json(_ anchor: AnchoredCitation, _ text: String, _ desk: Desk) -> Value {
        func position(_ position: TextPosition) -> Value {
            ["start": .integer(Int64(position.start)), "end": .integer(Int64(position.end))]
        }
        var members: [(String, Value)] = [
            ("handle", .string(desk.name(anchor.citation.id))), ("id", .string(anchor.citation.id.raw)),
            ("state", .string(anchor.anchor.state.rawValue)), ("score", .string(anchor.anchor.score.text(6))),
        ]
        if let found = anchor.anchor.position { members.append(("position", position(found))) }
        if let confirmed = anchor.confirmed { members.append(("confirmed", position(confirmed))) }
        if let passage = passage(anchor, text) { members.append(("passage", .string(passage))) }
        return .object(members)
    }
}

extension AnchoredCitation {
    /// Whether a person has to say where it stands.
    var waits: Bool { confirmed == nil && [.fuzzy, .orphaned].contains(anchor.state) }
}
