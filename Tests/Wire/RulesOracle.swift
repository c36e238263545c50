import AnnalsModel
import EDTF

/// The rules of a change, read from its values: the plain way, which the fast one must agree with.
struct RulesOracle {
    let vocabulary: Vocabulary
    let maximumOperations: Int

    init(vocabulary: Vocabulary, maximumOperations: Int) {
        self.vocabulary = vocabulary
        self.maximumOperations = maximumOperations
    }

    /// Throws the first rule that the change breaks when someone of this role makes it.
    func check(_ change: Change, role: Role) throws(RuleViolation) {
        if role < .analyst { throw RuleViolation(.role, "a \(role.rawValue) may not record") }
        if change.operations.isEmpty { throw RuleViolation(.invalid, "a change needs an operation") }
        if change.operations.count > maximumOperations {
            throw RuleViolation(.operations, "more than \(maximumOperations) operations")
        }
        for (index, operation) in change.operations.enumerated() {
            try check(operation, number: index + 1, role: role)
        }
    }

    private func check(_ operation: ChangeOperation, number: Int, role: Role) throws(RuleViolation) {
        guard isName(operation.kind) else { throw RuleViolation(.invalid, operation: number, "malformed kind") }
        try checkNames(operation, number)
        guard let kind = vocabulary.kind(operation.kind) else { return }
        switch operation.action {
        case .create(let id, let fields):
            try require(role, kind.role, "create \(kind.name)", number)
            if kind.namedByText != (id?.raw.hasPrefix("sha256:") ?? false) || (!kind.namedByText && id != nil) {
                throw RuleViolation(.invalid, operation: number, "wrong id for a new \(kind.name)")
            }
            for rule in kind.fields where rule.required && !fields.contains(where: { sameBytes($0.key, rule.name) }) {
                throw RuleViolation(.invalid, operation: number, "\(kind.name) needs \(rule.name)")
            }
            for member in fields {
                guard let rule = kind.field(member.key) else { continue }
                guard [.immutable, .latest, .contested].contains(rule.merge) else {
                    throw RuleViolation(
                        .invalid, operation: number, "\(rule.name) is written by \(rule.merge.operation ?? ""), not create")
                }
                try require(role, rule.role, "write \(kind.name).\(rule.name)", number)
                try check(member.value, rule, kind, role, number)
            }
        case .set(_, let field, let value), .code(_, let field, let value):
            let merge: [MergeClass] = operation.name == "set" ? [.latest, .contested] : [.perCoder]
            guard let rule = try rule(field, of: kind, merge, operation.name, role, number) else { return }
            if !value.isNull { try check(value, rule, kind, role, number) }
        case .add(_, let field, let value):
            guard let rule = try rule(field, of: kind, [.set], "add", role, number) else { return }
            try check(value, rule, kind, role, number)
        case .append(_, let field, let value):
            guard let rule = try rule(field, of: kind, [.append], "append", role, number) else { return }
            try check(value, rule, kind, role, number)
        case .remove(_, let field, let elements):
            _ = try rule(field, of: kind, [.set], "remove", role, number)
            if elements.isEmpty { throw RuleViolation(.invalid, operation: number, "nothing to remove") }
        case .retractElements(_, let field, let elements):
            _ = try rule(field, of: kind, [.append], "retract", role, number)
            if elements.isEmpty { throw RuleViolation(.invalid, operation: number, "nothing to retract") }
        case .retract, .restore:
            try require(role, kind.role, "\(operation.name) \(kind.name)", number)
        case .resolve(_, let field, let value, let closes):
            if closes.isEmpty { throw RuleViolation(.invalid, operation: number, "closes nothing") }
            if sameBytes(field, "existence") {
                guard value.string.flatMap(Existence.init(rawValue:)) != nil else {
                    throw RuleViolation(.invalid, operation: number, "existence is present or retracted")
                }
                return try require(role, kind.role, "retract or restore \(kind.name)", number)
            }
            guard let rule = try rule(field, of: kind, [.contested, .perCoder], "resolve", role, number) else { return }
            if !value.isNull { try check(value, rule, kind, role, number) }
        }
    }

    /// Fields are words, known or not, and none is called as the existence cell is.
    private func checkNames(_ operation: ChangeOperation, _ number: Int) throws(RuleViolation) {
        var names = operation.field.map { [$0] } ?? []
        if case .create(_, let fields) = operation.action { names += fields.map(\.key) }
        for name in names {
            guard isName(name) else { throw RuleViolation(.invalid, operation: number, "malformed field") }
            guard !sameBytes(name, "existence") || operation.name == "resolve" else {
                throw RuleViolation(.invalid, operation: number, "existence is written by retract, restore and resolve")
            }
        }
    }

    private func rule(
        _ field: String, of kind: KindRule, _ merge: [MergeClass], _ name: String, _ role: Role, _ number: Int
    ) throws(RuleViolation) -> FieldRule? {
        guard let rule = kind.field(field) else { return nil }
        guard merge.contains(rule.merge) else {
            throw RuleViolation(
                .invalid, operation: number, "\(kind.name).\(field) is \(rule.merge.rawValue): \(name) does not write it")
        }
        try require(role, rule.role, "write \(kind.name).\(field)", number)
        return rule
    }

    private func check(
        _ value: Value, _ rule: FieldRule, _ kind: KindRule, _ role: Role, _ number: Int
    ) throws(RuleViolation) {
        do throws(ValueMismatch) {
            try OracleCheck.check(rule.type, value, at: "\(kind.name).\(rule.name)")
        } catch {
            throw RuleViolation(.invalid, operation: number, error.description)
        }
        if let word = value.string, rule.reserved.contains(word) {
            try require(role, .curator, "write \(kind.name).\(rule.name) as \(word)", number)
        }
    }

    private func require(_ role: Role, _ least: Role, _ act: String, _ number: Int) throws(RuleViolation) {
        if role < least { throw RuleViolation(.role, operation: number, "only a \(least.rawValue) may \(act)") }
    }

    /// Kinds and fields, known or not, are words of `[a-z0-9-]`, so that they can name columns and flags.
    private func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }
}

enum OracleCheck {
    static func check(_ type: ValueType, _ value: Value, at path: String) throws(ValueMismatch) {
        switch type {
        case .text:
            try require(value.string != nil, type, path)
        case .line, .token:
            try require(value.string.map { text in !text.utf8.contains { $0 < 0x20 } && !text.isEmpty } ?? false, type, path)
        case .date:
            guard let text = value.string else { throw mismatch(type, path) }
            do { _ = try EDTF(text) } catch { throw ValueMismatch(path: path, expected: "\(type.expectation) (\(error))") }
        case .choice(let words):
            try require(value.string.map { word in words.contains { sameBytes($0, word) } } ?? false, type, path)
        case .integer(let range):
            try require(value.integer.map(range.contains) ?? false, type, path)
        case .decimal:
            try require(value.string.map(isDecimal) ?? false, type, path)
        case .duration:
            try require(value.string.map { (try? EDTFDuration($0)) != nil } ?? false, type, path)
        case .item:
            try require(value.string.flatMap { ItemID($0) } != nil, type, path)
        case .itemOrText:
            let item = value["item"]?.string.flatMap { ItemID($0) }
            try require((item != nil) != (value["text"]?.string != nil), type, path)
        case .list(let element):
            guard let values = value.array else { throw mismatch(type, path) }
            for (index, value) in values.enumerated() { try check(element, value, at: "\(path)[\(index)]") }
        case .object(let parts):
            guard value.object != nil else { throw mismatch(type, path) }
            for part in parts {
                if let member = value[part.name] {
                    try check(part.type, member, at: "\(path).\(part.name)")
                } else if part.required {
                    throw ValueMismatch(path: "\(path).\(part.name)", expected: part.type.expectation)
                }
            }
        }
    }

    private static func mismatch(_ type: ValueType, _ path: String) -> ValueMismatch {
        ValueMismatch(path: path, expected: type.expectation)
    }

    private static func require(_ holds: Bool, _ type: ValueType, _ path: String) throws(ValueMismatch) {
        if !holds { throw mismatch(type, path) }
    }

    static func isDecimal(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && rest.count <= 40
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }
}
