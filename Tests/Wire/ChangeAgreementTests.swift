import AnnalsJSON
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

private let rules = ChangeRules(vocabulary: .current, maximumOperations: 4)
private let oracle = RulesOracle(vocabulary: .current, maximumOperations: 4)

/// What is said of a line: the change, what is wrong with its form, or the rule that it breaks.
private enum Verdict: Equatable {
    case malformed(String)
    case violation(RuleViolation)
    case fine(Change)
}

private func plain(_ line: [UInt8], _ role: Role) -> Verdict {
    let change: Change
    do throws(CodecError) { change = try ChangeOracle.decode(line) } catch { return .malformed(error.description) }
    do throws(RuleViolation) { try oracle.check(change, role: role) } catch { return .violation(error) }
    return .fine(change)
}

private func fast(_ line: [UInt8], _ role: Role, _ scanner: inout JSONScanner) -> Verdict {
    let places: ChangePlaces
    do throws(CodecError) {
        places = try ChangeForm.read(line.span.bytes, with: &scanner)
    } catch {
        return .malformed(error.description)
    }
    do throws(RuleViolation) {
        try rules.check(places, of: scanner.tape, in: line.span.bytes, role: role)
    } catch {
        return .violation(error)
    }
    guard let change = try? ChangeCodec.decode(line), change.id == places.head.id, change.n == places.head.n,
        change.prev == places.head.prev, change.base == places.head.base
    else { return .malformed("the places differ from the change") }
    return .fine(change)
}

@Suite("The fast reading of a change and the plain one")
struct ChangeAgreementTests {
    @Test("agree about random changes, word for word", arguments: [1, 2, 3, 4] as [UInt64])
    func random(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var scanner = JSONScanner()
        var fine = 0
        for _ in 0..<1500 {
            let line = ChangeCodec.encode(Self.change(using: &random))
            let role = Role.allCases.randomElement(using: &random) ?? .analyst
            let expected = plain(line, role)
            if case .fine = expected { fine += 1 }
            #expect(fast(line, role, &scanner) == expected, "\(String(decoding: line, as: UTF8.self))")
        }
        #expect(fine > 50)
    }

    @Test("agree about lines that were spoilt at random, word for word", arguments: [5, 6, 7, 8] as [UInt64])
    func mutated(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var scanner = JSONScanner()
        var wellFormed = 0
        for _ in 0..<1500 {
            var line = ChangeCodec.encode(Self.change(using: &random))
            for _ in 0..<Int.random(in: 1...2, using: &random) { Self.spoil(&line, using: &random) }
            let expected = plain(line, .curator)
            if case .malformed = expected {} else { wellFormed += 1 }
            #expect(fast(line, .curator, &scanner) == expected, "\(String(decoding: line, as: UTF8.self))")
        }
        #expect(wellFormed > 50)
    }

    private static let fields = Vocabulary.current.kinds.flatMap { $0.fields.map(\.name) } + ["existence", "later", "Bad", ""]
    private static let kinds = Vocabulary.current.kinds.map(\.name) + ["sky-hook", "", "Event"]

    private static func change(using random: inout SeededGenerator) -> Change {
        Change(
            id: ChangeID(random: UInt16(truncatingIfNeeded: random.next()), random.next()),
            n: Int64.random(in: 1...9, using: &random), prev: Bool.random(using: &random) ? ShortHash(word: random.next()) : nil,
            base: Base(seq: Int64.random(in: 0...99, using: &random), hash: ShortHash(word: random.next())),
            at: Instant(milliseconds: Int64.random(in: 0...2_000_000_000_000, using: &random)),
            why: Bool.random(using: &random) ? randomText(using: &random) : nil,
            undoes: Bool.random(using: &random) ? ChangeID(random: 1, random.next()) : nil,
            operations: (0..<Int.random(in: 0...5, using: &random)).map { _ in operation(using: &random) })
    }

    private static func operation(using random: inout SeededGenerator) -> ChangeOperation {
        let item = Bool.random(using: &random) ? ItemID(ChangeID(random: 1, random.next()), 3) : ItemID(document: sha256("words"))
        let kind = Vocabulary.current.kinds.randomElement(using: &random)
        let isKnown = Int.random(in: 0..<8, using: &random) > 0
        let name = isKnown ? kind?.name ?? "" : kinds.randomElement(using: &random) ?? ""
        let rule = kind?.fields.randomElement(using: &random)
        let field = isKnown ? rule?.name ?? "" : fields.randomElement(using: &random) ?? ""
        let value = rule.map { self.value($0.type, using: &random) } ?? .null
        let items = Array(repeating: item, count: Int.random(in: 0...2, using: &random))
        let action: ChangeOperation.Action =
            switch Int.random(in: 0..<12, using: &random) {
            case 0: .code(on: item, field: field, value: value)
            case 1: .add(on: item, field: field, value: value)
            case 2: .append(on: item, field: field, value: value)
            case 3: .remove(on: item, field: field, elements: items)
            case 4: .retractElements(on: item, field: field, elements: items)
            case 5: .retract(on: item)
            case 6: .restore(on: item)
            case 7: .resolve(on: item, field: field, value: value, closes: items)
            case 8: .resolve(on: item, field: "existence", value: Bool.random(using: &random) ? "present" : value, closes: [item])
            case 9, 10:
                .create(id: Bool.random(using: &random) == (name == "document") ? item : nil, fields: creation(kind, using: &random))
            default: .set(on: item, field: field, value: value)
            }
        return ChangeOperation(name, action)
    }

    private static func creation(_ kind: KindRule?, using random: inout SeededGenerator) -> [Value.Member] {
        var members: [(String, Value)] = []
        for rule in kind?.fields ?? [] where rule.required || Int.random(in: 0..<5, using: &random) == 0 {
            members.append((rule.name, value(rule.type, using: &random)))
        }
        if Int.random(in: 0..<9, using: &random) == 0 { members.append((fields.randomElement(using: &random) ?? "", "x")) }
        return Value.object(members).object ?? []
    }

    /// Most times a value of the type.
    private static func value(_ type: ValueType, using random: inout SeededGenerator) -> Value {
        if Int.random(in: 0..<12, using: &random) == 0 { return .random(depth: 2, using: &random) }
        switch type {
        case .text, .line, .token: return .string(randomText(using: &random))
        case .date:
            let dates = ["2025-08-08", "2025-02-29", "2025", "2025-13-01", "[2025-08-07..2025-08-08]", "0000-01-01", "soon", "2024-02-29"]
            return .string(dates.randomElement(using: &random) ?? "")
        case .choice(let words): return .string(words.randomElement(using: &random) ?? "")
        case .integer(let range): return .integer(range.lowerBound)
        case .duration: return .string(["P6M", "P1Y2W", "P", "PT1H"].randomElement(using: &random) ?? "")
        case .decimal: return .string(["12.5", "-1", "1.", "x"].randomElement(using: &random) ?? "")
        case .item: return .string(ItemID(ChangeID(random: 1, random.next()), 7).raw)
        case .itemOrText: return Bool.random(using: &random) ? ["text": "Baku"] : ["item": .string(ItemID(document: sha256("w")).raw)]
        case .list(let element): return .array((0..<2).map { _ in value(element, using: &random) })
        case .object(let parts):
            return .object(
                parts.filter { $0.required || Bool.random(using: &random) }.map { ($0.name, value($0.type, using: &random)) })
        }
    }

    /// Changes a byte, cuts some out, puts a piece in, spells a letter as an escape, or takes one word for another.
    private static func spoil(_ line: inout [UInt8], using random: inout SeededGenerator) {
        let at = Int.random(in: 0..<max(1, line.count), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: if !line.isEmpty { line[at] = UInt8.random(in: 0...255, using: &random) }
        case 1: line.removeSubrange(at..<min(line.count, at + Int.random(in: 1...12, using: &random)))
        case 2:
            let pieces = ["null", "7", "\"x\"", "{}", "[]", ",", "\"op\":\"set\",", " ", "\"fields\":{}", "-1", "\\u0061"]
            line.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").utf8), at: min(at, line.count))
        case 3:
            guard at < line.count, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(line[at]) else { return }
            line.replaceSubrange(at...at, with: Array("\\u00\(String(line[at], radix: 16))".utf8))
        default:
            let words = ["null", "true", "7", "\"\"", "\"2025\"", "{}", "[]", "[1,\"\"]"].map { Array($0.utf8) }
            guard let colon = line[at...].firstIndex(of: UInt8(ascii: ":")),
                let end = line[colon...].firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") })
            else { return }
            line.replaceSubrange(colon + 1..<end, with: words.randomElement(using: &random) ?? [])
        }
    }
}
