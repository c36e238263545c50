internal import AnnalsModel

/// What an import of an item file will record, in steps of one operation each or a few.
struct ItemPlan {
    enum Step {
        /// Makes the item of a line, with what can be said of it at once.
        case create(ItemLine, [(field: FieldRule, value: Value)])
        /// Says one more thing of it.
        case write(ItemLine, FieldRule, Value)

        var line: ItemLine {
            switch self {
            case .create(let line, _), .write(let line, _, _): line
            }
        }

        /// What it says, field by field.
        var values: [(field: FieldRule, value: Value)] {
            switch self {
            case .create(_, let fields): fields
            case .write(_, let field, let value): [(field: field, value: value)]
            }
        }

        /// Whether it writes a field some of whose values are a curator's: a lock, it may be.
        var isReserved: Bool { if case .write(_, let field, _) = self { !field.reserved.isEmpty } else { false } }

        /// About so many bytes of a change.
        var bytes: Int {
            let own = 160
            switch self {
            case .create(_, let fields): return fields.reduce(own) { $0 + $1.value.canonicalBytes.count + 40 }
            case .write(_, _, let value): return own + value.canonicalBytes.count
            }
        }
    }

    private(set) var steps: [Step] = []
    /// The items that are there already, by name.
    private(set) var known: [ItemName: ItemID] = [:]
    private(set) var made = 0
    private(set) var changed = 0
    private(set) var unchanged = 0

    private let user: Name
    private var byName: [ItemName: ItemLine] = [:]
    /// Whose the items are that are there already.
    private var owners: [ItemName: Name] = [:]
    /// The codes of the codebooks that were looked at, by what names them.
    private var codebooks: [Value: Set<Value>] = [:]
    /// What is said once, at creation, and was not said then.
    private(set) var unsaid: [String] = []
    /// The places of new items in the order of their making.
    private var places: [ItemName: Int] = [:]

    /// - Parameters:
    ///   - known: what the replica has of the kinds that the file speaks of, by name.
    ///   - user: who imports it, and in which role.
    ///   - entity: an item of the replica as it shows.
    init(
        _ file: ItemFile, known: [ItemName: ItemID], user: Name, role: Role, vocabulary: Vocabulary, entity: (ItemID) throws -> Entity?
    ) throws {
        self.known = known
        self.user = user
        for line in file.lines { byName[line.name] = line }
        try checkTexts(file.lines)
        for line in file.lines {
            try checkReferences(line, entity)
            try checkCoders(line)
        }
        var order: [ItemLine] = []
        for line in file.lines { try place(line, &order) }
        for line in order where known[line.name] == nil { create(line) }
        for line in file.lines {
            guard let id = known[line.name] else {
                writeRest(line)
                continue
            }
            guard let entity = try entity(id), entity.isPresent else {
                throw ItemFile.failure(line.number, "is about an item that is retracted here", "Restore it first.", .retracted)
            }
            let before = steps.count
            try writeDifferences(line, entity, vocabulary)
            try checkOpen(entity, steps[before...], role)
        }
        for step in steps {
            try checkRights(step, role)
            try checkCodes(step, entity)
        }
        // A lock comes after all that is said of its item, in whatever change that is.
        steps = steps.filter { !$0.isReserved } + steps.filter(\.isReserved)
    }

    // MARK: Checking

    private func checkReferences(_ line: ItemLine, _ entity: (ItemID) throws -> Entity?) throws {
        for (field, value) in line.said {
            for (id, kinds) in field.type.ids(in: value) {
                guard let item = try entity(id) else {
                    throw ItemFile.failure(
                        line.number, "names an item by its id in \(line.kind.name).\(field.name) that is not here",
                        "Leave it out, or sync first.", .notFound)
                }
                try checkKind(item.kind, kinds, line, field)
            }
            for (name, kinds) in field.type.names(in: value) {
                guard byName[name] != nil || known[name] != nil else {
                    throw ItemFile.failure(
                        line.number, "names an item in \(line.kind.name).\(field.name) that is neither in the file nor here",
                        "Names are KIND#KEY.", .notFound)
                }
                try checkKind(name.kind, kinds, line, field)
            }
        }
        if known[line.name] != nil { return }
        for field in line.kind.fields where field.required && !line.values.contains(where: { $0.field.name == field.name }) {
            throw ItemFile.failure(
                line.number, "makes \(line.kind.name.withArticle) without \(field.name)", "Say \(field.name): \(field.summary).")
        }
    }

    private func checkKind(_ kind: String, _ kinds: [String], _ line: ItemLine, _ field: FieldRule) throws {
        if kinds.isEmpty || kinds.contains(where: { sameBytes($0, kind) }) { return }
        throw ItemFile.failure(
            line.number, "names \(kind.withArticle) in \(line.kind.name).\(field.name)",
            "It takes one of kind \(kinds.joined(separator: " or ")).", .wrongKind)
    }

    private func checkCoders(_ line: ItemLine) throws {
        for coding in line.codings where coding.author != user {
            throw ItemFile.failure(
                line.number, "has a judgment of \(coding.author), and this is the replica of \(user)",
                "Import it in a replica of \(coding.author), or leave others' judgments out (--own-judgments).")
        }
    }

    /// Two documents of one text are one.
    private func checkTexts(_ lines: [ItemLine]) throws {
        var numbers: [Value: Int] = [:]
        for line in lines where line.kind.namedByText {
            guard let text = line.values.first(where: { sameBytes($0.field.name, "text") })?.value else { continue }
            if let other = numbers.updateValue(line.number, forKey: text) {
                throw ItemFile.failure(line.number, "has the text of line \(other)", "Keep one of the two: a text is one document.")
            }
        }
    }

    /// Codes of published codebooks are in them, whether these are in the file or here.
    private mutating func checkCodes(_ step: Step, _ entity: (ItemID) throws -> Entity?) throws {
        let line = step.line
        for (field, value) in step.values {
            for named in field.codes(in: value, of: line.kind.name, line.name.description) {
                if try codes(of: named.codebook, entity).contains(.string(named.code)) { continue }
                throw ItemFile.failure(
                    line.number, "names a code in \(line.kind.name).\(field.name) that its codebook does not have",
                    "Correct it, or publish a codebook that has it.")
            }
        }
    }

    private mutating func codes(of codebook: String, _ entity: (ItemID) throws -> Entity?) throws -> Set<Value> {
        let word = Value.string(codebook)
        if let found = codebooks[word] { return found }
        let name = ItemName(codebook)
        let own = name.flatMap { byName[$0] }?.values.first { sameBytes($0.field.name, "codes") }?.value
        let id = name.flatMap { known[$0] } ?? ItemID(codebook)
        let codes = NamedCode.all(in: try own ?? id.flatMap { try entity($0)?.shown("codes") })
        codebooks[word] = codes
        return codes
    }

    /// Nothing is said of a locked item, and nobody but a curator says otherwise what a curator said.
    private func checkOpen(_ entity: Entity, _ written: ArraySlice<Step>, _ role: Role) throws {
        guard let line = written.first?.line else { return }
        let words = role < .curator ? written.flatMap(\.values).compactMap { entity.reservedWord(in: $0.field, against: $0.value) } : []
        guard let word = entity.locks.first ?? words.first else { return }
        throw ItemFile.failure(
            line.number, "is about an item that \(word.stamp.author) \(word.value.string ?? ""), and says something else of it",
            "A curator opens it, or say it as it is.", .locked)
    }

    /// Of what will be written only: what is as it was needs no right.
    private func checkRights(_ step: Step, _ role: Role) throws {
        let fields = step.values.map(\.field.role)
        let isNew = if case .create = step { true } else { false }
        let isReserved = step.values.contains { $0.field.reserved.contains($0.value.string ?? "") }
        let needed = ([isNew ? step.line.kind.role : .analyst, isReserved ? .curator : .analyst] + fields).max() ?? .analyst
        if role < needed {
            throw ItemFile.failure(
                step.line.number, "is for \(needed.rawValue.withArticle) to say", "Ask one to import it, or leave it out.")
        }
        guard case .write(let line, let field, _) = step, field.writers == .owner, let owner = owners[line.name], owner != user else {
            return
        }
        throw ItemFile.failure(
            line.number, "writes \(line.kind.name).\(field.name), which only its owner \(owner) may", "Leave it as it is.")
    }

    // MARK: Order

    /// Puts what a line needs at its creation before it. A chain of answers may be as long as the file, so the way back is a list of its own.
    private mutating func place(_ line: ItemLine, _ order: inout [ItemLine]) throws {
        var open: [(line: ItemLine, needs: [ItemLine])] = []
        var names: Set<ItemName> = []
        func enter(_ line: ItemLine) throws {
            if places[line.name] != nil || known[line.name] != nil { return }
            guard names.insert(line.name).inserted else {
                throw ItemFile.failure(
                    line.number, "is named, by fields that are said once, by an item that it names itself", "Leave one of the two out.")
            }
            let needed = line.values.filter { $0.field.merge == .immutable }.flatMap { $0.field.type.names(in: $0.value) }
            open.append((line, needed.compactMap { byName[$0.name] }.reversed()))
        }
        try enter(line)
        while let last = open.indices.last {
            if let next = open[last].needs.popLast() {
                try enter(next)
            } else {
                let line = open.removeLast().line
                names.remove(line.name)
                places[line.name] = order.count
                order.append(line)
            }
        }
    }

    /// Whether all that a value names is there when the item at this place is made.
    private func isSayable(_ value: Value, _ field: FieldRule, at place: Int) -> Bool {
        field.type.names(in: value).allSatisfy { name, _ in known[name] != nil || places[name].map { $0 < place } ?? false }
    }

    private func isCreated(_ field: FieldRule, _ value: Value, _ line: ItemLine) -> Bool {
        switch field.merge {
        case .immutable: true
        case _ where !field.reserved.isEmpty: false
        case .latest, .contested: places[line.name].map { isSayable(value, field, at: $0) } ?? false
        case .set, .append, .perCoder: false
        }
    }

    // MARK: Steps

    private mutating func create(_ line: ItemLine) {
        let key = line.kind.field("key").map { [(field: $0, value: Value.string(line.key))] } ?? []
        steps.append(.create(line, key + line.values.filter { isCreated($0.field, $0.value, line) }))
        made += 1
    }

    private mutating func writeRest(_ line: ItemLine) {
        for (field, value) in line.values where !isCreated(field, value, line) { steps.append(.write(line, field, value)) }
        for (field, _, value) in line.codings { steps.append(.write(line, field, value)) }
    }

    private mutating func writeDifferences(_ line: ItemLine, _ entity: Entity, _ vocabulary: Vocabulary) throws {
        let before = steps.count
        owners[line.name] = entity.owner
        let conflicts = entity.conflicts(vocabulary).map(\.key)
        var left: [String: [Value]] = [:]
        for field in line.kind.fields where field.merge == .set || field.merge == .append {
            left[field.name] = entity.shownElements(field.name, vocabulary).map(\.value)
        }
        for (field, value) in line.values {
            let own = resolved(value, field)
            switch field.merge {
            case .immutable:
                guard let said = entity.shown(field.name) else {
                    unsaid.append("line \(line.number): \(line.kind.name).\(field.name)")
                    continue
                }
                guard own == said else {
                    throw ItemFile.failure(
                        line.number, "says \(line.kind.name).\(field.name) otherwise than it was said at creation",
                        "Say it as it is, or give the item another key.")
                }
            case .latest, .contested:
                if own == entity.shown(field.name), !conflicts.contains(Entity.CellKey(field.name)) { continue }
                try checkNoConflict(conflicts, field, nil, line)
                steps.append(.write(line, field, value))
            case .set:
                if own.map({ left[field.name]?.contains($0) ?? false }) ?? false { continue }
                steps.append(.write(line, field, value))
            case .append:
                if let own, let at = left[field.name]?.firstIndex(of: own) {
                    left[field.name]?.remove(at: at)
                } else {
                    steps.append(.write(line, field, value))
                }
            case .perCoder: break
            }
        }
        for (field, author, value) in line.codings {
            try checkNoConflict(conflicts, field, author, line)
            let own = entity.judgment(field.name, by: author)
            let anew = value.following(own)
            if let own, own == resolved(anew, field) { continue }
            steps.append(.write(line, field, anew))
        }
        if steps.count > before { changed += 1 } else { unchanged += 1 }
    }

    private func checkNoConflict(_ conflicts: [Entity.CellKey], _ field: FieldRule, _ author: Name?, _ line: ItemLine) throws {
        guard conflicts.contains(Entity.CellKey(field.name, author)) else { return }
        throw ItemFile.failure(
            line.number, "writes \(line.kind.name).\(field.name), which is in conflict", "Settle it first: annals conflicts.", .conflict)
    }

    /// The value with ids in the place of names; nil where one is still to be made.
    private func resolved(_ value: Value, _ field: FieldRule) -> Value? {
        guard field.type.names(in: value).allSatisfy({ known[$0.name] != nil }) else { return nil }
        return field.type.renaming(value) { text, _ in ItemName(text).flatMap { known[$0]?.raw } ?? text }
    }
}
