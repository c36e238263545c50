internal import AnnalsModel
internal import EDTF

/// One SQL column that shows a field, or a part of it, to people who filter by it. Derived from the field's type.
///
/// Field names are words of `[a-z0-9-]`; in SQL `-` is `_`. The replica's own columns begin with `_` and so never clash.
struct Column: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case whole
        case part(String)
        /// The first day that a date can mean, as `YYYY-MM-DD`.
        case earliest(part: String?)
        /// The last day.
        case latest(part: String?)
    }

    var name: String
    var field: String
    var source: Source
    var isInteger: Bool
    /// Whether it holds the id of another entity.
    var isReference: Bool

    static func columns(of rule: FieldRule) -> [Column] {
        guard [.immutable, .latest, .contested].contains(rule.merge) else { return [] }
        switch rule.type {
        case .object(let parts):
            let dates = parts.filter { $0.type == .date }.count
            return parts.flatMap { part in
                scalar(part.type, "\(rule.name)-\(part.name)", dates == 1 ? rule.name : nil, rule.name, part.name)
            }
        case let type:
            return scalar(type, rule.name, nil, rule.name, nil)
        }
    }

    /// - Parameter dateName: what the bounds of a date are named after, where not after the column.
    private static func scalar(
        _ type: ValueType, _ name: String, _ dateName: String?, _ field: String, _ part: String?
    ) -> [Column] {
        let name = sqlName(name)
        let source = part.map { Source.part($0) } ?? .whole
        func column(_ name: String, _ source: Source, integer: Bool = false, reference: Bool = false) -> Column {
            Column(name: name, field: field, source: source, isInteger: integer, isReference: reference)
        }
        switch type {
        case .text, .line, .token, .choice, .decimal, .duration:
            return [column(name, source)]
        case .integer:
            return [column(name, source, integer: true)]
        case .item:
            return [column(name, source, reference: true)]
        case .date:
            let bounds = dateName.map(sqlName) ?? name
            return [
                column(name, source), column(bounds + "_earliest", .earliest(part: part)),
                column(bounds + "_latest", .latest(part: part)),
            ]
        case .itemOrText:
            guard part == nil else { return [] }
            return [
                column(name + "_item", .part("item"), reference: true), column(name + "_text", .part("text")),
            ]
        case .list, .object:
            return []
        }
    }

    static func sqlName(_ field: String) -> String {
        String(decoding: field.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    /// What it holds where the field shows `value`; nil for SQL's NULL.
    func content(of value: Value?) -> Value? {
        switch source {
        case .whole: scalarValue(value)
        case .part(let part): scalarValue(value?[part])
        case .earliest(let part): Self.bound(part.map { value?[$0] } ?? value, \.earliest)
        case .latest(let part): Self.bound(part.map { value?[$0] } ?? value, \.latest)
        }
    }

    private func scalarValue(_ value: Value?) -> Value? {
        switch value {
        case .string(let text): isInteger ? nil : .string(text)
        case .integer(let number): isInteger ? .integer(number) : nil
        default: nil
        }
    }

    /// A bound of an EDTF date as text that sorts by time: years outside 0 to 9999 count as the first or the last of them.
    static func bound(_ value: Value?, _ which: KeyPath<EDTF, EDTFDay?>) -> Value? {
        guard let text = value?.string, let date = try? EDTF(text), let day = date[keyPath: which] else { return nil }
        if day.year < 0 { return "0000-01-01" }
        if day.year > 9999 { return "9999-12-31" }
        return .string(day.description)
    }
}
