public import AnnalsCore
internal import AnnalsModel

/// What every log store must do, as checks to be run against any of them.
///
/// ```swift
/// @Test("a store keeps the contract", arguments: LogStoreContract.checks)
/// func contract(check: LogStoreContract.Check) throws {
///     try check.run(LogStoreContract(sha256: sha256) { … a new empty place … })
/// }
/// ```
public struct LogStoreContract: Sendable {
    /// Somewhere a store keeps its log.
    public protocol Place {
        /// Opens the store here, with all that earlier ones kept here.
        func open() throws -> any LogStore
        /// Ends the store, so that another one can be opened here.
        func close(_ store: any LogStore) throws
    }

    let sha256: LogMaker.Hash
    let makePlace: @Sendable () throws -> any Place

    /// The store must read the ids of changes with `LogMaker.changeID(ofLine:)`.
    public init(sha256: @escaping LogMaker.Hash, makePlace: @escaping @Sendable () throws -> any Place) {
        self.sha256 = sha256
        self.makePlace = makePlace
    }

    /// One claim about a store.
    public struct Check: Sendable, CustomStringConvertible {
        public let description: String
        let body: @Sendable (LogStoreContract) throws -> Void

        init(_ claim: String, _ body: @escaping @Sendable (LogStoreContract) throws -> Void) {
            description = claim
            self.body = body
        }

        /// - throws: ``Violation`` where the store does otherwise; what the store throws where it should not.
        public func run(_ contract: LogStoreContract) throws { try body(contract) }
    }

    /// A store broke its contract.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    func maker(_ workspace: String = "w", seed: UInt64 = 1) throws -> LogMaker {
        LogMaker(workspace: try Self.name(workspace), log: "10" + workspace, seed: seed, sha256: sha256)
    }

    /// Runs `body` on a store in a new place, then closes it.
    func withStore(_ body: (any LogStore) throws -> Void) throws {
        let place = try makePlace()
        let store = try place.open()
        do { try body(store) } catch {
            try place.close(store)
            throw error
        }
        try place.close(store)
    }

    static func name(_ raw: String) throws -> Name {
        guard let name = Name(raw) else { throw Violation(description: "\(raw) is no name") }
        return name
    }

    static func expect(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: otherwise()) }
    }

    static func expect(_ code: LogStoreError.Code, from what: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as LogStoreError {
            return try expect(error.code == code, "\(what) should fail with \(code), and failed with \(error)")
        }
        throw Violation(description: "\(what) should fail with \(code), and did not fail")
    }

    /// Whether the store holds exactly what the maker made, entry by entry, as it is now.
    public static func expectLog(of maker: LogMaker, in store: any LogStore) throws {
        let workspace = maker.head.workspace
        let head = try store.head(of: workspace)
        try expect(head == maker.head, "the head of \(workspace) is \(String(describing: head)), not \(maker.head)")
        var seq: Int64 = 1
        while seq <= maker.head.seq {
            guard let stretch = try store.stretch(of: workspace, holding: seq) else {
                throw Violation(description: "entry \(seq) of \(workspace) is missing")
            }
            try expect(stretch.first == seq && stretch.count >= 1, "the stretch holding \(seq) begins at \(stretch.first)")
            let range = Int(stretch.first - 1)..<Int(stretch.first - 1 + stretch.count)
            let bytes = maker.lines[range].flatMap { $0 + [UInt8(ascii: "\n")] }
            try expect(stretch.bytes == bytes, "the bytes of entries \(range) of \(workspace) differ")
            try expect(stretch.before == maker.hashes[range.lowerBound], "H before \(stretch.first) differs")
            try expect(stretch.head == maker.hashes[range.upperBound], "H at the end of \(range) differs")
            seq += stretch.count
        }
        try expect(try store.stretch(of: workspace, holding: seq) == nil, "there is an entry past the head")
    }
}
