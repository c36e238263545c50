/// What the vocabulary says of a field, as the fold asks for it: by numbers.
struct RuleTable: Sendable {
    struct Rule: Sendable {
        /// nil for a field that the vocabulary does not know.
        var merge: MergeClass?
        var isOwners = false
    }

    /// The names of the vocabulary in the order of their numbers; a fold adds those that it meets.
    private let knownNames: [String]
    /// The number of ``Entity/existenceField``.
    let existence: Int32
    private let known: Int
    private let rules: [Rule]
    /// By the number of a kind's name, whether only its owner may retract it.
    private let isRetractedByOwner: [Bool]

    init(_ kinds: [KindRule]) {
        var names = NameTable()
        existence = names.number(of: Entity.existenceField)
        for kind in kinds {
            _ = names.number(of: kind.name)
            for field in kind.fields { _ = names.number(of: field.name) }
        }
        known = names.count
        var rules = Array(repeating: Rule(), count: known * known)
        var isRetractedByOwner = Array(repeating: false, count: known)
        for kind in kinds {
            let number = Int(names.number(of: kind.name))
            isRetractedByOwner[number] = kind.retractors == .owner
            for field in kind.fields {
                rules[number * known + Int(names.number(of: field.name))] = Rule(
                    merge: field.merge, isOwners: field.writers == .owner)
            }
        }
        knownNames = (0..<names.count).map { names.name(Int32($0)) }
        self.rules = rules
        self.isRetractedByOwner = isRetractedByOwner
    }

    /// A table that gives the vocabulary's names their numbers.
    func nameTable() -> NameTable {
        var names = NameTable()
        for name in knownNames { _ = names.number(of: name) }
        return names
    }

    @inline(__always)
    func rule(_ field: Int32, of kind: Int32) -> Rule {
        kind < known && field < known ? rules[Int(kind) * known + Int(field)] : Rule()
    }

    func isRetractedByOwner(_ kind: Int32) -> Bool { kind < known && isRetractedByOwner[Int(kind)] }
}
