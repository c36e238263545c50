package import AnnalsJSON

/// Why a change is refused. Everyone who reads the log sees the code; `ERRORS.md` says what to do about each.
public enum RefusalCode: String, Sendable, Hashable, CaseIterable {
    /// Its shape, or a value in it, does not fit the vocabulary.
    case invalid
    /// The author's role may not do this.
    case role
    /// A change with this id is in the log already, under another number.
    case dup
    /// More bytes than the limit.
    case size
    /// More operations than the limit.
    case operations
    /// The author gave it up; its number stays taken.
    case void
}

/// What is wrong with a change: the refusal's code, and for its author the operation, the path and what belongs there.
public struct RuleViolation: Error, Sendable, Hashable, CustomStringConvertible {
    public var code: RefusalCode
    /// From 1; nil where it is about the whole change.
    public var operation: Int?
    /// Names fields and rules, never a value.
    public var reason: String

    public init(_ code: RefusalCode, operation: Int? = nil, _ reason: String) {
        self.code = code
        self.operation = operation
        self.reason = reason
    }

    public var description: String {
        (operation.map { "operation \($0): " } ?? "") + reason
    }
}

/// The rules that need no state, checked by the replica that writes a change and by the server that takes it.
///
/// They are read from the change's scanned line, so that the server makes no values of it. What depends on the state (whose
/// item is it, what was on the screen) the fold decides, the same everywhere. Kinds, fields and members that the vocabulary
/// does not know pass: they are kept for an upgrade.
public struct ChangeRules: Sendable {
    public let vocabulary: Vocabulary
    public let maximumOperations: Int
    private let table: CheckTable

    public init(vocabulary: Vocabulary, maximumOperations: Int) {
        self.vocabulary = vocabulary
        table = vocabulary.checks
        self.maximumOperations = maximumOperations
    }

    /// Throws the first rule that a change breaks when someone of this role makes it.
    ///
    /// - Parameters:
    ///   - operations: where its list of operations stands; their form has been checked.
    ///   - first: the first of them, where it has been read already.
    package func check(
        operations: Int, first: OperationPlaces? = nil, of tape: borrowing JSONTape, in bytes: RawSpan, role: Role
    ) throws(RuleViolation) {
        if role < .analyst { throw RuleViolation(.role, "\(role.rawValue.withArticle) may not record") }
        var number = 0
        var elements = tape.elements(of: operations)
        while elements.next(in: tape) != nil { number += 1 }
        if number == 0 { throw RuleViolation(.invalid, "a change needs an operation") }
        if number > maximumOperations {
            throw RuleViolation(.operations, "more than \(maximumOperations) operations")
        }
        number = 0
        elements = tape.elements(of: operations)
        while let place = elements.next(in: tape) {
            number += 1
            do throws(RuleViolation) {
                let operation = (number == 1 ? first : nil) ?? OperationPlaces(at: place, of: tape, in: bytes)
                try OperationCheck(operation, role).check(table, tape, bytes)
            } catch {
                var error = error
                error.operation = number
                throw error
            }
        }
    }
}
