internal import AnnalsJSON

/// The rules for one operation. What it throws does not say which operation it was.
struct OperationCheck {
    let places: OperationPlaces
    let role: Role

    init(_ places: OperationPlaces, _ role: Role) {
        self.places = places
        self.role = role
    }

    func check(_ table: CheckTable, _ tape: borrowing JSONTape, _ bytes: RawSpan) throws(RuleViolation) {
        guard let word = places.kind else { throw invalid("malformed kind") }
        let number = table.kind(tape[word], in: bytes)
        if number == nil, !tape[word].isWord(in: bytes) { throw invalid("malformed kind") }
        guard let verb = places.verb else { throw invalid("no operation") }
        guard let number else { return try checkNames(verb, nil, tape, bytes) }
        let kind = table.kinds[number]
        if fits(verb, kind, tape, bytes) { return }
        try checkNames(verb, kind, tape, bytes)
        try check(verb, kind, tape, bytes)
    }

    /// Whether the operation certainly keeps the rules, as most do; false where it must be looked at closely, and the fault named.
    private func fits(_ verb: OperationPlaces.Verb, _ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan) -> Bool {
        guard verb != .create else { return createFits(kind, tape, bytes) }
        guard let value = places.value, let name = places.field, let field = kind.field(tape[name], in: bytes) else { return false }
        let check = kind.checks[field]
        switch (verb, check.merge) {
        case (.set, .latest), (.set, .contested), (.code, .perCoder):
            if role >= check.role, tape[value].isNull { return true }
        case (.add, .set), (.append, .append): break
        default: return false
        }
        return role >= check.role && !check.isReserved && kind.shapes.fit(value, check.shape, tape, in: bytes)
    }

    private func createFits(_ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan) -> Bool {
        // A text's id is compared with its text elsewhere.
        guard role >= kind.role, !kind.namedByText, places.id == nil, let fields = places.fields else { return false }
        var missing = kind.required
        var members = tape.members(of: fields)
        while let member = members.next(in: tape) {
            guard let field = kind.field(tape[member.key], in: bytes) else { return false }
            let check = kind.checks[field]
            switch check.merge {
            case .immutable, .latest, .contested: break
            default: return false
            }
            guard role >= check.role, !check.isReserved, kind.shapes.fit(member.value, check.shape, tape, in: bytes) else { return false }
            missing &= ~(1 &<< UInt64(truncatingIfNeeded: field))
        }
        return missing == 0
    }

    private func check(
        _ verb: OperationPlaces.Verb, _ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(RuleViolation) {
        switch verb {
        case .create: try checkCreate(kind, tape, bytes)
        case .set: try checkWrite(kind, .latest, .contested, verb, nullAllowed: true, tape, bytes)
        case .code: try checkWrite(kind, .perCoder, .perCoder, verb, nullAllowed: true, tape, bytes)
        case .add: try checkWrite(kind, .set, .set, verb, nullAllowed: false, tape, bytes)
        case .append: try checkWrite(kind, .append, .append, verb, nullAllowed: false, tape, bytes)
        case .remove: try checkElements(kind, .set, verb, tape, bytes)
        case .retract where places.retractsElements: try checkElements(kind, .append, verb, tape, bytes)
        case .retract, .restore: try require(kind.role, "\(verb.rawValue) \(kind.name)")
        case .resolve: try checkResolve(kind, tape, bytes)
        }
    }

    private func checkCreate(_ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan) throws(RuleViolation) {
        try require(kind.role, "create \(kind.name)")
        let isText = places.id.flatMap { tape[$0].withText(in: bytes) { $1.count == 71 } } ?? false
        if kind.namedByText != isText || (!kind.namedByText && places.id != nil) {
            throw invalid("wrong id for a new \(kind.name)")
        }
        guard let fields = places.fields else { throw invalid("no fields") }
        var missing = kind.required
        var members = tape.members(of: fields)
        while missing != 0, let member = members.next(in: tape) {
            if let field = kind.field(tape[member.key], in: bytes) { missing &= ~(1 << UInt64(field)) }
        }
        if missing != 0 { throw invalid("\(kind.name) needs \(kind.fields[missing.trailingZeroBitCount].name)") }
        members = tape.members(of: fields)
        while let member = members.next(in: tape) {
            do throws(RuleViolation) {
                try checkField(member, kind, tape, bytes)
            } catch {
                // Of several faults everyone names the same one, however the fields are ordered.
                for member in inOrderOfNames(fields, tape, bytes) { try checkField(member, kind, tape, bytes) }
                throw error
            }
        }
    }

    private func checkField(
        _ member: JSONMembers.Member, _ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(RuleViolation) {
        guard let field = kind.field(tape[member.key], in: bytes) else { return }
        switch kind.checks[field].merge {
        case .immutable, .latest, .contested: break
        default:
            let rule = kind.fields[field]
            throw invalid("\(rule.name) is written by \(rule.merge.operation ?? ""), not create")
        }
        try require(kind.checks[field].role, "write \(kind.name).\(kind.fields[field].name)")
        try check(member.value, field, kind, tape, bytes)
    }

    private func checkWrite(
        _ kind: KindCheck, _ first: MergeClass, _ second: MergeClass, _ verb: OperationPlaces.Verb, nullAllowed: Bool,
        _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(RuleViolation) {
        guard let value = places.value, let field = try field(of: kind, first, second, verb, tape, bytes) else { return }
        if nullAllowed, tape[value].isNull { return }
        try check(value, field, kind, tape, bytes)
    }

    private func checkElements(
        _ kind: KindCheck, _ merge: MergeClass, _ verb: OperationPlaces.Verb, _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(RuleViolation) {
        _ = try field(of: kind, merge, merge, verb, tape, bytes)
        if isEmpty(places.elements, tape) { throw invalid("nothing to \(verb.rawValue)") }
    }

    private func checkResolve(_ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan) throws(RuleViolation) {
        if isEmpty(places.closes, tape) { throw invalid("closes nothing") }
        if let field = places.field, let value = places.value, tape[field].equals(text: Entity.existenceField, in: bytes) {
            guard tape[value].string(in: bytes).flatMap(Existence.init(rawValue:)) != nil else {
                throw invalid("existence is present or retracted")
            }
            return try require(kind.role, "retract or restore \(kind.name)")
        }
        try checkWrite(kind, .contested, .perCoder, .resolve, nullAllowed: true, tape, bytes)
    }

    /// Fields are words, known or not, and none is called as the existence cell is.
    private func checkNames(
        _ verb: OperationPlaces.Verb, _ kind: KindCheck?, _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(RuleViolation) {
        switch verb {
        case .create:
            guard let fields = places.fields else { return }
            var members = tape.members(of: fields)
            var isWrong = false
            while !isWrong, let member = members.next(in: tape) {
                isWrong = kind?.field(tape[member.key], in: bytes) == nil && !isField(tape[member.key], bytes)
            }
            guard isWrong else { return }
            for place in inOrderOfNames(fields, tape, bytes) { try checkName(tape[place.key], verb, bytes) }
        case .restore: return
        case .retract where !places.retractsElements: return
        default:
            if let field = places.field, kind?.field(tape[field], in: bytes) == nil { try checkName(tape[field], verb, bytes) }
        }
    }

    private func isField(_ name: JSONSlice, _ bytes: RawSpan) -> Bool {
        name.isWord(in: bytes) && !name.equals(text: Entity.existenceField, in: bytes)
    }

    private func checkName(_ name: JSONSlice, _ verb: OperationPlaces.Verb, _ bytes: RawSpan) throws(RuleViolation) {
        if isField(name, bytes) { return }
        guard name.isWord(in: bytes) else { throw invalid("malformed field") }
        if verb != .resolve { throw invalid("existence is written by retract, restore and resolve") }
    }

    /// The number of the field that is written, where the vocabulary knows it.
    private func field(
        of kind: KindCheck, _ first: MergeClass, _ second: MergeClass, _ verb: OperationPlaces.Verb, _ tape: borrowing JSONTape,
        _ bytes: RawSpan
    ) throws(RuleViolation) -> Int? {
        guard let name = places.field, let field = kind.field(tape[name], in: bytes) else { return nil }
        let merge = kind.checks[field].merge
        guard merge == first || merge == second else {
            throw invalid("\(kind.name).\(kind.fields[field].name) is \(merge.rawValue): \(verb.rawValue) does not write it")
        }
        try require(kind.checks[field].role, "write \(kind.name).\(kind.fields[field].name)")
        return field
    }

    private func check(
        _ value: Int, _ field: Int, _ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(RuleViolation) {
        if kind.shapes.fit(value, kind.checks[field].shape, tape, in: bytes) {
            return kind.checks[field].isReserved ? try checkReserved(value, field, kind, tape, bytes) : ()
        }
        do throws(ValueMismatch) {
            try kind.fields[field].type.check(value, of: tape, in: bytes)
        } catch {
            throw invalid(error.within("\(kind.name).\(kind.fields[field].name)").description)
        }
    }

    private func checkReserved(
        _ value: Int, _ field: Int, _ kind: KindCheck, _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(RuleViolation) {
        for word in kind.fields[field].reserved where tape[value].equals(text: word, in: bytes) {
            try require(.curator, "write \(kind.name).\(kind.fields[field].name) as \(word)")
        }
    }

    private func isEmpty(_ list: Int?, _ tape: borrowing JSONTape) -> Bool {
        guard let list else { return true }
        var elements = tape.elements(of: list)
        return elements.next(in: tape) == nil
    }

    /// An object's members by the bytes of their names.
    private func inOrderOfNames(_ object: Int, _ tape: borrowing JSONTape, _ bytes: RawSpan) -> [JSONMembers.Member] {
        var all: [JSONMembers.Member] = []
        var members = tape.members(of: object)
        while let member = members.next(in: tape) { all.append(member) }
        let names = all.map { tape[$0.key].string(in: bytes) ?? "" }
        return all.indices.sorted { precedes(names[$0], names[$1]) }.map { all[$0] }
    }

    private func require(_ least: Role, _ act: @autoclosure () -> String) throws(RuleViolation) {
        if role < least { throw RuleViolation(.role, "only \(least.rawValue.withArticle) may \(act())") }
    }

    private func invalid(_ reason: String) -> RuleViolation { RuleViolation(.invalid, reason) }
}
