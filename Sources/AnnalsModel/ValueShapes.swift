internal import AnnalsJSON

/// The types of a kind's fields as flat records, so that most values are found fitting without counting a reference.
///
/// They only ever say that a value certainly fits: what they cannot say is for ``ValueType`` to decide, and to name.
struct ValueShapes: Sendable {
    private enum Form: UInt8 {
        case text, line, item, date, integer, choice, list, object, itemOrText
        /// Not looked at here.
        case other
    }

    private struct Shape: BitwiseCopyable {
        var form: Form
        /// Of an object its members, of a choice its words: so many, from here on. Of a list the shape of its elements.
        var first: Int32 = 0
        var count: Int32 = 0
        var low: Int64 = 0
        var high: Int64 = 0
    }

    private struct Part: BitwiseCopyable {
        var name: PackedName
        var isRequired: Bool
        var shape: Int32
    }

    private var shapes: [Shape] = []
    private var parts: [Part] = []
    private var words: [PackedName] = []

    /// Lays out a type; the number that comes back names its shape.
    mutating func add(_ type: ValueType) -> Int {
        shapes.append(Shape(form: .other))
        let number = shapes.count - 1
        switch type {
        case .text: shapes[number].form = .text
        case .line, .token: shapes[number].form = .line
        case .item: shapes[number].form = .item
        case .itemOrText: shapes[number].form = .itemOrText
        case .date: shapes[number].form = .date
        case .integer(let range):
            (shapes[number].form, shapes[number].low, shapes[number].high) = (.integer, range.lowerBound, range.upperBound)
        case .choice(let choices):
            let names = choices.map(PackedName.init)
            guard names.allSatisfy(\.isWhole) else { break }
            shapes[number] = Shape(form: .choice, first: Int32(words.count), count: Int32(names.count))
            words += names
        case .list(let element):
            shapes[number] = Shape(form: .list, first: Int32(add(element)))
        case .object(let members):
            let names = members.map { PackedName($0.name) }
            guard names.allSatisfy(\.isWhole), members.count <= 64 else { break }
            let laidOut = zip(names, members).map { Part(name: $0, isRequired: $1.required, shape: Int32(add($1.type))) }
            shapes[number] = Shape(form: .object, first: Int32(parts.count), count: Int32(laidOut.count))
            parts += laidOut
        case .decimal, .duration: break
        }
        return number
    }

    /// Whether the value at a place certainly fits; false where it must be looked at closely.
    func fit(_ place: Int, _ number: Int, _ tape: borrowing JSONTape, in bytes: RawSpan) -> Bool {
        let (value, shape) = (tape[place], shapes[number])
        switch shape.form {
        case .list, .object:
            break
        case .itemOrText:
            return value.kind == .object && isItemOrText(place, tape, bytes)
        case .integer:
            return value.int64(in: bytes).map { (shape.low...shape.high).contains($0) } ?? false
        case .other:
            return false
        case .text, .line, .item, .date, .choice:
            return value.kind == .string && value.isPlain && fits(value, shape, bytes)
        }
        if shape.form == .object { return value.kind == .object && membersFit(place, shape, tape, bytes) }
        guard value.kind == .array else { return false }
        var elements = tape.elements(of: place)
        while let element = elements.next(in: tape) {
            if !fit(element, Int(shape.first), tape, in: bytes) { return false }
        }
        return true
    }

    /// Whether a string without escapes fits.
    @inline(__always)
    private func fits(_ value: JSONSlice, _ shape: Shape, _ bytes: RawSpan) -> Bool {
        switch shape.form {
        case .text: return true
        // A string without escapes has no control characters.
        case .line: return !value.content.isEmpty
        case .item: return Spelling.isItemID(bytes, value.content)
        case .date: return CivilDay(bytes, value.content) != nil
        case .choice:
            let word = bytes.withUnsafeBytes { PackedName($0, value.content) }
            for index in Int(shape.first)..<Int(shape.first + shape.count) where words[index] == word { return true }
            return false
        case .integer, .list, .object, .itemOrText, .other: return false
        }
    }

    private func isItemOrText(_ place: Int, _ tape: borrowing JSONTape, _ bytes: RawSpan) -> Bool {
        var (isItem, isText) = (false, false)
        var members = tape.members(of: place)
        while let member = members.next(in: tape) {
            guard let key = tape[member.key].plainText else { return false }
            switch ShortWord(bytes, key) {
            case "item": isItem = tape[member.value].isItemID(in: bytes)
            case "text": isText = tape[member.value].kind == .string
            default: break
            }
        }
        return isItem != isText
    }

    /// Members that the type does not know are allowed.
    private func membersFit(_ place: Int, _ shape: Shape, _ tape: borrowing JSONTape, _ bytes: RawSpan) -> Bool {
        var missing: UInt64 = 0
        for index in 0..<Int(shape.count) where parts[Int(shape.first) + index].isRequired { missing |= 1 << UInt64(index) }
        var members = tape.members(of: place)
        while let member = members.next(in: tape) {
            let key = tape[member.key]
            guard key.isPlain else { return false }
            let name = bytes.withUnsafeBytes { PackedName($0, key.content) }
            for index in 0..<Int(shape.count) where parts[Int(shape.first) + index].name == name {
                if !fit(member.value, Int(parts[Int(shape.first) + index].shape), tape, in: bytes) { return false }
                missing &= ~(1 << UInt64(index))
                break
            }
        }
        return missing == 0
    }
}
