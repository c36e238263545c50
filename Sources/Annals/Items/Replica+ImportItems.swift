internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire

/// What an import of items did, or would do.
public struct ItemImport: Sendable {
    /// How many items are new.
    public internal(set) var made: Int
    /// How many were there and are said otherwise now.
    public internal(set) var changed: Int
    /// How many were there as the file has them.
    public internal(set) var unchanged: Int
    /// What the file says of items that are here, and what can be said only at their creation: where it stands in the file, and the field.
    public internal(set) var unsaid: [String]
    /// The changes that were recorded.
    public internal(set) var receipts: [Receipt] = []
}

extension Replica {
    /// Records the items of a file: new ones are made, those whose key is here already get what the file says otherwise.
    ///
    /// Everything is checked before anything is recorded. A large file becomes several changes; if recording ends between two of them,
    /// the same import goes on from there.
    ///
    ///     let file = try ItemFile(String(contentsOfFile: path, encoding: .utf8), vocabulary: replica.vocabulary)
    ///     let done = try replica.importItems(file, reason: "coded by hand")
    ///
    /// - Parameters:
    ///   - isDry: whether it is only said what would be done.
    ///   - recorded: told after each change how many steps of how many are recorded.
    /// - Throws: ``AnnalsError`` with the line that does not fit this replica.
    @discardableResult
    public func importItems(
        _ file: ItemFile, reason: String? = nil, isDry: Bool = false, recorded: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> ItemImport {
        let view = try view()
        let status = try status()
        let plan = try ItemPlan(
            file, known: try known(file, in: view), user: status.user, role: status.role ?? .curator, vocabulary: vocabulary,
            entity: { try view.entity($0) })
        var result = ItemImport(made: plan.made, changed: plan.changed, unchanged: plan.unchanged, unsaid: plan.unsaid)
        let batches = try Self.batches(plan.steps, reason)
        if isDry { return result }
        var ids = plan.known
        var done = 0
        for batch in batches {
            // What came since the plan was made was not seen.
            let (made, receipt) = try record(from: view, reason: reason) { edit in
                edit.since = try self.view()
                return try Self.take(batch, into: edit, ids)
            }
            ids.merge(made) { $1 }
            result.receipts.append(receipt)
            done += batch.count
            recorded(done, plan.steps.count)
        }
        return result
    }

    /// Puts steps into one change.
    ///
    /// - Returns: the items that it makes, by name.
    private static func take(_ steps: [ItemPlan.Step], into edit: Edit, _ known: [ItemName: ItemID]) throws -> [ItemName: ItemID] {
        var made: [ItemName: ItemID] = [:]
        func id(_ name: ItemName) throws -> ItemID {
            guard let id = made[name] ?? known[name] else { throw AnnalsError(.notFound, "an item of the file is not made yet") }
            return id
        }
        func resolved(_ value: Value, _ field: FieldRule) throws -> Value {
            try field.type.renaming(value) { text, _ in try ItemName(text).map(id)?.raw ?? text }
        }
        for step in steps {
            switch step {
            case .create(let line, let fields):
                made[line.name] = try edit.create(line.kind.name, fields: fields.map { ($0.field.name, try resolved($0.value, $0.field)) })
            case .write(let line, let field, let value):
                try edit.write(id(line.name), field.name, resolved(value, field))
            }
        }
        return made
    }

    /// The steps in as many changes as the limits ask for.
    private static func batches(_ steps: [ItemPlan.Step], _ reason: String?) throws -> [[ItemPlan.Step]] {
        let limits = Limits()
        let envelope = 4096 + 2 * (reason?.utf8.count ?? 0)
        // Every character of a text may be written as an escape twice as long.
        let (most, mostBytes) = (limits.operationsPerChange - 1, limits.changeBytes / 2)
        var batches: [[ItemPlan.Step]] = []
        var bytes = 0
        for step in steps {
            guard step.bytes + envelope <= limits.changeBytes else {
                throw ItemFile.failure(step.line.number, "is larger than a change may be", "Cut the document into parts.")
            }
            if batches.isEmpty || batches[batches.count - 1].count == most || bytes + step.bytes > mostBytes {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(step)
            bytes += step.bytes
        }
        return batches
    }

    /// The items of this replica that the file means, by name.
    private func known(_ file: ItemFile, in view: View) throws -> [ItemName: ItemID] {
        var names = Set(file.lines.map(\.name))
        for line in file.lines {
            for (field, value) in line.said { names.formUnion(field.type.names(in: value).map(\.name)) }
        }
        let kinds = Set(names.map(\.kind))
        var known = try store.keys(of: vocabulary.kinds.map(\.name).filter(kinds.contains))
        // An item that has no key, or whose key another one has, is named by its id.
        for name in names {
            guard let id = ItemID(name.key), let entity = try view.entity(id), sameBytes(entity.kind, name.kind) else { continue }
            known[name] = id
        }
        // A text that is here is the same document whatever it is called.
        for line in file.lines where line.kind.namedByText && known[line.name] == nil {
            guard let text = line.values.first(where: { sameBytes($0.field.name, "text") })?.value.string else { continue }
            let id = ItemID(document: sha256(text))
            if try view.entity(id) != nil { known[line.name] = id }
        }
        return known
    }
}
