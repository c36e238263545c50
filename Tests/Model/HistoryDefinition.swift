@testable import AnnalsModel

/// What a history of one entity means, computed from all writes by the definitions alone: slow, and nothing is forgotten.
///
/// It knows no cells: the fold is compared with it.
struct HistoryDefinition {
    struct Act {
        var stamp: Stamp
        var operation: ChangeOperation
        /// The hash of its change, and of the one before it in its replica's chain.
        var hash: ShortHash
        var prev: ShortHash?
    }

    let vocabulary: Vocabulary
    let acts: [Act]
    private(set) var cells: [Entity.CellKey: [Write]] = [:]
    private(set) var existence: [Write] = []
    private(set) var elements: [String: [ItemID]] = [:]
    private(set) var ignored: [Ignored] = []
    private let ancestors: [ShortHash: Set<ShortHash>]
    private let hashes: [ItemID: ShortHash]
    /// Writes of existence from before the first retract that were superseded then.
    private var forgotten: Set<ItemID> = []

    init(_ acts: [Act], _ entries: [Entry], _ vocabulary: Vocabulary) {
        self.acts = acts
        self.vocabulary = vocabulary
        var links: [ShortHash: (prev: ShortHash?, author: Name)] = [:]
        for entry in entries { links[entry.link.hash] = (entry.link.prev, entry.author) }
        // A chain of `prev` within one author.
        ancestors = links.mapValues { _ in [] }.reduce(into: [:]) { result, pair in
            var walked: Set<ShortHash> = []
            var at = links[pair.key]?.prev
            while let hash = at, let link = links[hash], link.author == links[pair.key]?.author, walked.insert(hash).inserted {
                at = link.prev
            }
            result[pair.key] = walked
        }
        hashes = Dictionary(uniqueKeysWithValues: acts.map { ($0.stamp.id, $0.hash) })
        for act in acts { take(act) }
        settle()
    }

    /// A saw B.
    func saw(_ a: Stamp, _ b: Stamp) -> Bool {
        if b.seq <= a.base { return true }
        guard let one = hashes[a.id], let other = hashes[b.id] else { return false }
        return one == other ? b.index < a.index : ancestors[one]?.contains(other) ?? false
    }

    private func supersedes(_ later: Write, _ earlier: Write) -> Bool {
        later.stamp.id != earlier.stamp.id && saw(later.stamp, earlier.stamp)
            && (later.closes?.contains(earlier.stamp.id) ?? true)
    }

    /// The writes that no other write superseded, in order of arrival.
    func heads(_ writes: [Write]) -> [Write] {
        writes.filter { write in !writes.contains { supersedes($0, write) } }
    }

    private func onScreen(_ stamp: Stamp, _ writes: [Write]) -> [Write] {
        heads(writes.filter { saw(stamp, $0.stamp) })
    }

    private mutating func take(_ act: Act) {
        let (stamp, operation) = (act.stamp, act.operation)
        switch operation.action {
        case .create(_, let fields):
            claimPresence(stamp)
            for member in fields where vocabulary.field(member.key, of: "thing")?.merge != .immutable {
                _ = write(member.key, member.value, nil, nil, stamp)
            }
        case .set(_, let field, let value): if write(field, value, nil, nil, stamp) { claimPresence(stamp) }
        case .code(_, let field, let value): if write(field, value, nil, stamp.author, stamp) { claimPresence(stamp) }
        case .resolve(_, Entity.existenceField, let value, let closes): exist(value, closes, stamp)
        case .resolve(_, let field, let value, let closes):
            let author = vocabulary.field(field, of: "thing")?.merge == .perCoder ? stamp.author : nil
            if write(field, value, closes, author, stamp) { claimPresence(stamp) }
        case .add, .remove, .append, .retractElements: claimPresence(stamp)
        case .retract, .restore:
            if Set(onScreen(stamp, known).map(\.value)).count > 1 {
                ignored.append(Ignored(stamp, field: Entity.existenceField, reason: .conflictOnScreen))
            } else {
                exist(operation.name == "retract" ? "retracted" : "present", nil, stamp)
            }
        }
    }

    private var known: [Write] { existence.filter { !forgotten.contains($0.stamp.id) } }

    private mutating func exist(_ value: Value, _ closes: [ItemID]?, _ stamp: Stamp) {
        existence.append(Write(stamp, value, closes: closes))
        if !existence.contains(where: { $0.value == "retracted" }) {
            forgotten = Set(existence.map(\.stamp.id)).subtracting(heads(existence).map(\.stamp.id))
        }
    }

    private mutating func claimPresence(_ stamp: Stamp) {
        if !onScreen(stamp, existence).contains(where: { $0.value == "retracted" }) { exist("present", nil, stamp) }
    }

    private mutating func write(_ field: String, _ value: Value, _ closes: [ItemID]?, _ author: Name?, _ stamp: Stamp) -> Bool {
        let merge = vocabulary.field(field, of: "thing")?.merge
        if merge == .immutable {
            ignored.append(Ignored(stamp, field: field, reason: .immutable))
            return false
        }
        let key = Entity.CellKey(field, author)
        if closes == nil, merge != .latest, Set(onScreen(stamp, cells[key] ?? []).map(\.value)).count > 1 {
            ignored.append(Ignored(stamp, field: field, reason: .conflictOnScreen))
            return false
        }
        cells[key, default: []].append(Write(stamp, value, closes: closes))
        return true
    }

    /// Elements need the whole history at once.
    private mutating func settle() {
        for act in acts {
            let id = act.stamp.id
            switch act.operation.action {
            case .add(_, let field, _):
                let removed = acts.contains {
                    if case .remove(_, field, let gone) = $0.operation.action {
                        gone.contains(id) && saw($0.stamp, act.stamp)
                    } else {
                        false
                    }
                }
                if !removed { elements[field, default: []].append(id) }
            case .append(_, let field, _):
                let retracted = acts.contains {
                    if case .retractElements(_, field, let gone) = $0.operation.action { gone.contains(id) } else { false }
                }
                if !retracted { elements[field, default: []].append(id) }
            default: break
            }
        }
    }
}
