internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// Checks change lines apart from the machine, so that another thread can do the greater part of a push's work.
///
/// What is checked needs no state: the form, the rules and the hash. The machine takes the answers for the lines that turn out to be an
/// analyst's changes, and checks all others itself, so its verdicts are the same with and without.
///
/// ```swift
/// var checker = core.lineChecker
/// let checked = checker.check(chunk.span.bytes)                                  // on any thread
/// core.receive(chunk.span.bytes, checked, from: id, now: now, into: &effects)    // on the loop
/// ```
public struct LineChecker: ~Copyable, Sendable {
    private let rules: PushRules
    private var scanner = JSONScanner()

    init(_ rules: PushRules) { self.rules = rules }

    /// Checks every line that ends in a chunk of what a peer sent.
    public mutating func check(_ chunk: RawSpan) -> CheckedLines {
        var checked = CheckedLines(of: chunk.byteCount)
        var start = 0
        while let end = chunk.firstLineFeed(in: start..<chunk.byteCount) {
            checked.lineEnds.append(end)
            if let change = check(line: chunk.extracting(start..<end)) { checked.append(change, at: start) }
            start = end + 1
        }
        return checked
    }

    /// nil for what is no change, such as the second half of a line or a push's header.
    private mutating func check(line: RawSpan) -> CheckedChange? {
        do throws(CodecError) {
            return try CheckedChange(line, by: rules, CheckedLines.role, with: &scanner)
        } catch {
            return nil
        }
    }
}

/// Of a chunk of what a peer sent, the lines that are changes in form, each with what was found.
public struct CheckedLines: Sendable {
    /// Whose rules they were checked by; another's changes are checked anew.
    static let role = Role.analyst

    /// Where each line's LF stands in the chunk, so that nobody has to look for it again.
    fileprivate(set) var lineEnds: [Int] = []
    /// Where each change begins in the chunk, in their order.
    private var starts: [Int] = []
    private var changes: [CheckedChange] = []
    /// The first that was not passed.
    private var next = 0

    /// Room for the usual lines of a chunk, so that what was found is not copied as it becomes more.
    init(of byteCount: Int) {
        let count = byteCount / 256 + 1
        lineEnds.reserveCapacity(count)
        starts.reserveCapacity(count)
        changes.reserveCapacity(count)
    }

    mutating func append(_ change: CheckedChange, at start: Int) {
        starts.append(start)
        changes.append(change)
    }

    /// What was found for the line that begins here; asked in the order of the lines.
    mutating func change(at start: Int) -> CheckedChange? {
        while next < starts.count, starts[next] < start { next += 1 }
        return next < starts.count && starts[next] == start ? changes[next] : nil
    }
}

/// A change line whose form is right, with all that can be said of it without knowing the log.
struct CheckedChange: Sendable {
    let change: ChangeHead
    let digest: Digest
    /// The rule that it breaks.
    let violation: Violation?

    /// An object, since most changes have none: they are copied without counting a text's references.
    final class Violation: Sendable {
        let rule: RuleViolation

        init(_ rule: RuleViolation) { self.rule = rule }
    }

    init(_ line: RawSpan, by rules: PushRules, _ role: Role, with scanner: inout JSONScanner) throws(CodecError) {
        let places = try ChangeForm.read(line, with: &scanner)
        change = places.head
        violation = rules.violation(of: places, scanner.tape, line, role).map(Violation.init)
        digest = sha256(line)
    }
}
