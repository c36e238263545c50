internal import AnnalsJSON
internal import AnnalsModel

extension ImageMaker {
    /// All ids that stand in values which have no column.
    mutating func collectReferences(_ plan: KindPlan, _ fold: borrowing Fold, _ place: Int) {
        for field in plan.fields where field.holdsReferences {
            switch field.rule.merge {
            case .set, .append:
                for element in shownElements(field.number) { collectReferences(element.value, field.rule.type, fold) }
            case .perCoder:
                for coding in codings where coding.field == field.number {
                    for head in coding.heads { collectReferences(head.value, field.rule.type, fold) }
                }
            case .immutable, .latest, .contested:
                if let shown = fold.shown(field.number, at: place) { collectReferences(shown, field.rule.type, fold) }
            }
        }
    }

    private mutating func collectReferences(_ value: FoldValue, _ type: ValueType, _ fold: borrowing Fold) {
        fold.withBytes(value) { raw in
            let bytes = raw.bytes
            if (try? scanner.scan(bytes)) != nil { collectReferences(0, type, bytes) }
        }
    }

    private mutating func collectReferences(_ place: Int, _ type: ValueType, _ bytes: RawSpan) {
        let slice = scanner.tape[place]
        switch type {
        case .item:
            guard slice.kind == .string, let text = slice.textBytes(in: bytes) else { return }
            let id = String(decoding: text, as: UTF8.self)
            if !image.references.contains(where: { sameBytes($0, id) }) { image.references.append(id) }
        case .itemOrText(let kinds):
            if let part = scanner.tape.member("item", of: place, in: bytes) { collectReferences(part, .item(kinds), bytes) }
        case .list(let element):
            var elements = scanner.tape.elements(of: place)
            while let next = elements.next(in: scanner.tape) { collectReferences(next, element, bytes) }
        case .object(let parts):
            for part in parts where part.type.namesItems {
                var members = scanner.tape.members(of: place)
                while let member = members.next(in: scanner.tape) {
                    let key = scanner.tape[member.key]
                    let isEqual = bytes.extracting(key.content).withUnsafeBytes { $0.elementsEqual(part.name.utf8) }
                    if isEqual { collectReferences(member.value, part.type, bytes) }
                }
            }
        default: return
        }
    }
}

extension ValueType {
    /// Whether a value of this type can name another item.
    var namesItems: Bool {
        switch self {
        case .item, .itemOrText: true
        case .list(let element): element.namesItems
        case .object(let parts): parts.contains { $0.type.namesItems }
        default: false
        }
    }
}
