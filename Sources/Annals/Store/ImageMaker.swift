internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire
internal import EDTF
internal import Glibc

/// Makes images of entities from the bytes of a fold, where they stand.
struct ImageMaker: ~Copyable {
    /// The one that was made last.
    var image = EntityImage()
    /// Labels are cut, for a document's or note's text may be long.
    static let labelLengthMax = EntityTexts.labelLengthMax

    private let schema: Schema
    var scanner = JSONScanner(depth: JSONScanner.greatestDepth)
    private var states = FoldStateWriter()
    private var text: [UInt8] = []
    /// Of the entity that is looked at: the elements of each field that has some, and its codings.
    private(set) var elements: [(field: Int32, shown: [Fold.Shown])] = []
    private(set) var codings: [(field: Int32, heads: [Fold.Shown])] = []

    /// One for folds by the vocabulary of the schema.
    init(_ schema: Schema) { self.schema = schema }

    /// Takes what the entity at a place shows.
    ///
    /// - Parameters:
    ///   - base: its state without pending changes, with its kind; empty where only they made it, nil where there are none.
    ///   - log: the entries that touch it.
    mutating func take(_ fold: borrowing Fold, at place: Int, base: [UInt8]?, generation: Int64, log: [UInt8]) {
        let summary = fold.summary(at: place)
        image.id = summary.id.raw
        image.kind = summary.kind
        image.updatedSeq = summary.updatedSeq
        let plan = schema.plans[schema.index(image.kind)]
        elements = fold.elementFields(at: place).map { ($0, fold.shownElements($0, at: place)) }
        codings = fold.codings(at: place)
        image.row.clear()
        addOwnColumns(summary, plan, fold, place, generation)
        addColumns(plan, fold, place)
        addDocument(plan, fold, place)
        addStates(plan, fold, place, base)
        if log.isEmpty { image.row.addNull() } else { image.row.add(blob: log) }
        image.searchBody = nil
        if summary.created != nil {
            collectTexts(plan, fold, place)
            if !text.isEmpty {
                image.searchBody = image.row.slots.count
                image.row.add(text: text)
            }
        }
        image.references.removeAll(keepingCapacity: true)
        if summary.created != nil, plan.hasReferences { collectReferences(plan, fold, place) }
        image.conflicts.clear()
        image.notices.clear()
        if summary.hasConflicts || summary.hasNotices || mayStandBesideLock(plan, fold, place) {
            let entity = fold.entity(at: place)
            takeConflicts(entity)
            takeNotices(entity, fold.lineage)
        }
    }

    func shownElements(_ field: Int32) -> [Fold.Shown] { elements.first { $0.field == field }?.shown ?? [] }

    // MARK: Columns

    /// Where `_label` stands in the row.
    private static let labelSlot = KindTable.before.count - 2

    /// In the order of `KindTable.before`, without the row's number.
    private mutating func addOwnColumns(
        _ summary: Fold.Summary, _ plan: KindPlan, _ fold: borrowing Fold, _ place: Int, _ generation: Int64
    ) {
        image.row.add(image.id)
        image.row.add(image.kind)
        image.row.add(summary.created?.seq)
        image.row.add(Int64(summary.ordinal))
        image.row.add(summary.isPresent ? 1 : 0 as Int64)
        image.row.add(summary.created?.author.raw)
        image.row.add(summary.created?.written.description)
        image.row.add(summary.updatedSeq)
        image.row.add(generation)
        addLabel(plan, fold, place)
    }

    private mutating func addLabel(_ plan: KindPlan, _ fold: borrowing Fold, _ place: Int) {
        text.removeAll(keepingCapacity: true)
        if let field = plan.label {
            switch field.rule.merge {
            case .set, .append:
                if let first = shownElements(field.number).first {
                    collect(first.value, field.rule.type, fold, onlyFirst: true)
                }
            default:
                if let shown = fold.shown(field.number, at: place) { collect(shown, field.rule.type, fold, onlyFirst: true) }
            }
        }
        if text.isEmpty { return image.row.addNull() }
        if text.count > Self.labelLengthMax {
            image.row.add(String(String(decoding: text, as: UTF8.self).prefix(Self.labelLengthMax)))
        } else {
            image.row.add(text: text)
        }
    }

    private mutating func addColumns(_ plan: KindPlan, _ fold: borrowing Fold, _ place: Int) {
        for field in plan.fields where !field.columns.isEmpty {
            guard let shown = fold.shown(field.number, at: place) else {
                for _ in field.columns { image.row.addNull() }
                continue
            }
            fold.withBytes(shown) { raw in
                if field.columns.count == 1, field.columns[0].source == .whole, !field.columns[0].isInteger, let text = Self.plainText(raw)
                {
                    return image.row.add(bytes: text)
                }
                let bytes = raw.bytes
                let isWhole = (try? scanner.scan(bytes)) != nil
                for column in field.columns {
                    if isWhole { add(column, bytes) } else { image.row.addNull() }
                }
            }
        }
    }

    private mutating func add(_ column: Column, _ bytes: RawSpan) {
        let slice: JSONSlice? =
            switch column.source {
            case .whole, .earliest(nil), .latest(nil): scanner.tape[0]
            case .part(let part), .earliest(let part?), .latest(let part?): member(part, bytes)
            }
        guard let slice else { return image.row.addNull() }
        switch column.source {
        case .whole, .part:
            if column.isInteger {
                image.row.add(slice.int64(in: bytes))
            } else if slice.kind == .string, slice.isPlain {
                bytes.extracting(slice.content).withUnsafeBytes { image.row.add(bytes: $0) }
            } else if let text = slice.textBytes(in: bytes) {
                image.row.add(text: text)
            } else {
                image.row.addNull()
            }
        case .earliest: addBound(slice, bytes, isLatest: false)
        case .latest: addBound(slice, bytes, isLatest: true)
        }
    }

    private func member(_ name: String, _ bytes: RawSpan) -> JSONSlice? {
        var members = scanner.tape.members(of: 0)
        while let member = members.next(in: scanner.tape) {
            let key = scanner.tape[member.key]
            let isEqual = bytes.extracting(key.content).withUnsafeBytes { $0.elementsEqual(name.utf8) }
            if isEqual { return scanner.tape[member.value] }
        }
        return nil
    }

    private mutating func addBound(_ slice: JSONSlice, _ bytes: RawSpan, isLatest: Bool) {
        guard let text = slice.textBytes(in: bytes) else { return image.row.addNull() }
        // A single day, as most dates are, is its own bound.
        if Self.isPlainDay(text) { return image.row.add(text: text) }
        let value = Value.string(String(decoding: text, as: UTF8.self))
        image.row.add(Column.bound(value, isLatest ? \.latest : \.earliest)?.string)
    }

    /// `YYYY-MM-DD` with a day that every month has.
    private static func isPlainDay(_ text: [UInt8]) -> Bool {
        guard text.count == 10 else { return false }
        for index in 0..<10 {
            let isDash = index == 4 || index == 7
            guard isDash ? text[index] == UInt8(ascii: "-") : (text[index] &- UInt8(ascii: "0")) < 10 else { return false }
        }
        func number(_ at: Int) -> Int { Int(text[at] - 48) * 10 + Int(text[at + 1] - 48) }
        return (1...12).contains(number(5)) && (1...28).contains(number(8))
    }

    private mutating func addStates(_ plan: KindPlan, _ fold: borrowing Fold, _ place: Int, _ base: [UInt8]?) {
        let start = image.row.beginBlob()
        states.write(fold, at: place, into: &image.row.bytes) { field in plan.isOutside(field, fold, place) }
        image.row.endBlob(start)
        if let base { image.row.add(blob: base) } else { image.row.addNull() }
    }

    // MARK: Texts

    /// What stands between the quotes of a text without escapes, as most are: it need not be scanned.
    private static func plainText(_ raw: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let base = raw.baseAddress, raw.count >= 2, raw[0] == UInt8(ascii: "\""),
            memchr(base, Int32(UInt8(ascii: "\\")), raw.count) == nil
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: raw[1..<raw.count - 1])
    }

    /// Everything of type text or line that shows, all sides of a conflict included.
    private mutating func collectTexts(_ plan: KindPlan, _ fold: borrowing Fold, _ place: Int) {
        text.removeAll(keepingCapacity: true)
        for field in plan.fields where field.holdsText {
            let type = field.rule.type
            switch field.rule.merge {
            case .immutable, .latest:
                if let shown = fold.shown(field.number, at: place) { collect(shown, type, fold) }
            case .contested:
                for head in fold.heads(field.number, at: place) { collect(head, type, fold) }
            case .perCoder:
                for coding in codings where coding.field == field.number {
                    for head in coding.heads { collect(head.value, type, fold) }
                }
            case .set, .append:
                for element in shownElements(field.number) { collect(element.value, type, fold) }
            }
        }
    }

    private mutating func collect(_ value: FoldValue, _ type: ValueType, _ fold: borrowing Fold, onlyFirst: Bool = false) {
        fold.withBytes(value) { raw in
            if type == .text || type == .line, let plain = Self.plainText(raw) {
                if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
                return text.append(contentsOf: plain)
            }
            let bytes = raw.bytes
            if (try? scanner.scan(bytes)) != nil { collect(0, type, bytes, onlyFirst) }
        }
    }

    private mutating func collect(_ place: Int, _ type: ValueType, _ bytes: RawSpan, _ onlyFirst: Bool) {
        if onlyFirst, !text.isEmpty { return }
        let slice = scanner.tape[place]
        switch type {
        case .text, .line:
            guard slice.kind == .string else { return }
            if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
            if slice.isPlain {
                bytes.extracting(slice.content).withUnsafeBytes { text.append(contentsOf: $0) }
            } else {
                text.append(contentsOf: slice.textBytes(in: bytes) ?? [])
            }
        case .itemOrText:
            if let part = scanner.tape.member("text", of: place, in: bytes) { collect(part, .text, bytes, onlyFirst) }
        case .list(let element):
            var elements = scanner.tape.elements(of: place)
            while let next = elements.next(in: scanner.tape) { collect(next, element, bytes, onlyFirst) }
        case .object(let parts):
            for part in parts where part.isSearched && KindPlan.holdsText(part.type) {
                var members = scanner.tape.members(of: place)
                while let member = members.next(in: scanner.tape) {
                    let key = scanner.tape[member.key]
                    let isEqual = bytes.extracting(key.content).withUnsafeBytes { $0.elementsEqual(part.name.utf8) }
                    if isEqual { collect(member.value, part.type, bytes, onlyFirst) }
                }
            }
        default: return
        }
    }
}

// MARK: What has no column

extension ImageMaker {
    /// Sets, codings, lists and unknown fields, as JSON for people who query the file.
    ///
    /// A set or append field is a list of {by, id, value}, a field of class per coder an object by author, any other its value.
    private mutating func addDocument(_ plan: KindPlan, _ fold: borrowing Fold, _ place: Int) {
        var members: [(name: String, number: Int32, isList: Bool, isCoding: Bool)] = []
        for (field, _) in elements { members.append((fold.fieldName(field), field, true, false)) }
        for coding in codings where !members.contains(where: { $0.isCoding && $0.number == coding.field }) {
            members.append((fold.fieldName(coding.field), coding.field, false, true))
        }
        for field in fold.plainFields(at: place) where !plan.isInColumns(field) && fold.shown(field, at: place) != nil {
            members.append((fold.fieldName(field), field, false, false))
        }
        if members.isEmpty { return image.row.addNull() }
        if members.count > 1 { members.sort { precedes($0.name, $1.name) } }
        let start = image.row.beginText()
        for (index, member) in members.enumerated() {
            image.row.bytes.append(UInt8(ascii: index == 0 ? "{" : ","))
            image.row.bytes.append(contentsOf: Value.string(member.name).canonicalBytes)
            image.row.bytes.append(UInt8(ascii: ":"))
            if member.isList {
                addElements(member.number, fold)
            } else if member.isCoding {
                addCodings(codings.filter { $0.field == member.number }.compactMap(\.heads.last), fold)
            } else if let shown = fold.shown(member.number, at: place) {
                fold.withBytes(shown) { image.row.bytes.append(contentsOf: $0) }
            }
        }
        image.row.bytes.append(UInt8(ascii: "}"))
        image.row.endText(start)
    }

    private mutating func addElements(_ field: Int32, _ fold: borrowing Fold) {
        for (index, element) in shownElements(field).enumerated() {
            image.row.bytes.append(contentsOf: index == 0 ? "[{\"by\":\"".utf8 : ",{\"by\":\"".utf8)
            image.row.bytes.append(contentsOf: element.author.raw.utf8)
            image.row.bytes.append(contentsOf: "\",\"id\":\"".utf8)
            image.row.bytes.append(contentsOf: element.id.raw.utf8)
            image.row.bytes.append(contentsOf: "\",\"value\":".utf8)
            fold.withBytes(element.value) { image.row.bytes.append(contentsOf: $0) }
            image.row.bytes.append(UInt8(ascii: "}"))
        }
        image.row.bytes.append(UInt8(ascii: "]"))
    }

    private mutating func addCodings(_ codings: [Fold.Shown], _ fold: borrowing Fold) {
        for (index, coding) in codings.enumerated() {
            image.row.bytes.append(contentsOf: index == 0 ? "{\"".utf8 : ",\"".utf8)
            image.row.bytes.append(contentsOf: coding.author.raw.utf8)
            image.row.bytes.append(contentsOf: "\":".utf8)
            fold.withBytes(coding.value) { image.row.bytes.append(contentsOf: $0) }
        }
        image.row.bytes.append(UInt8(ascii: "}"))
    }

    // MARK: Conflicts and notices

    private mutating func takeConflicts(_ entity: Entity) {
        for (key, heads) in entity.conflicts(schema.vocabulary) {
            for head in heads {
                let stamp = head.stamp
                image.conflicts.add(entity.id.raw)
                image.conflicts.add(entity.kind)
                image.conflicts.add(key.field)
                image.conflicts.add(key.author?.raw)
                image.conflicts.add(stamp.id.raw)
                image.conflicts.add(text: head.value.canonicalBytes)
                image.conflicts.add(stamp.author.raw)
                image.conflicts.add(stamp.seq)
                image.conflicts.add(stamp.replica.raw)
                image.conflicts.add(stamp.n)
                image.conflicts.add(stamp.written.description)
                image.conflicts.add(stamp.base)
                image.conflicts.add(head.closes.map { $0.map(\.raw).joined(separator: " ") })
                image.conflicts.add(entity.created?.seq)
                image.conflicts.add(Int64(entity.ordinal))
                image.conflicts.add(Self.labelSlot, of: image.row)
            }
        }
    }

    /// Most locked items were locked by somebody who had seen all of them: they are not looked at closely.
    private func mayStandBesideLock(_ plan: KindPlan, _ fold: borrowing Fold, _ place: Int) -> Bool {
        guard let state = plan.state, let shown = fold.shown(state.number, at: place), fold.hasUnseen(state.number, at: place) else {
            return false
        }
        return fold.withBytes(shown) { raw in
            Self.plainText(raw).map { $0.elementsEqual("locked".utf8) } ?? ((try? Value.parse(Array(raw))) == "locked")
        }
    }

    /// Overwrites, writes without effect, and what stands beside a lock: listed, so that nothing is dropped without a trace.
    private mutating func takeNotices(_ entity: Entity, _ lineage: Lineage) {
        if entity.created == nil { return }
        for write in entity.besideLocks(lineage) { addNotice(entity, write.field, write.stamp, "locked") }
        for ignored in entity.ignored { addNotice(entity, ignored.field, ignored.stamp, ignored.reason.rawValue) }
        for (key, heads) in entity.overwrites(schema.vocabulary) {
            for head in heads where head.stamp.id != entity.cells[key]?.latest?.stamp.id {
                addNotice(entity, key.field, head.stamp, "overwritten")
            }
        }
    }

    private mutating func addNotice(_ entity: Entity, _ field: String, _ stamp: Stamp, _ reason: String) {
        image.notices.add(entity.id.raw)
        image.notices.add(field)
        image.notices.add(stamp.id.raw)
        image.notices.add(reason)
        image.notices.add(stamp.author.raw)
        image.notices.add(stamp.seq)
    }
}
