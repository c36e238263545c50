import AnnalsJSON
import AnnalsModel
import AnnalsWire
import Crypto
import Foundation
import Testing

/// The frozen vectors of `Protocol/vectors`: what any other implementation is held to.
struct ProtocolVectorTests {
    // MARK: Framing

    struct Framing: Decodable {
        var name: String
        var limit: Int
        var chunks: [String]
        var lines: [String]
        var pending: Int?
        var oversize: Bool?
    }

    @Test("a stream is cut into lines as the vectors say, whatever its chunks")
    func framing() throws {
        struct File: Decodable { var cases: [Framing] }
        for vector in try ProtocolFiles.load("vectors/framing.json", as: File.self).cases {
            var framer = LineFramer(maximumLineBytes: vector.limit)
            var lines: [String] = []
            var failed = false
            for chunk in vector.chunks where !failed {
                let bytes = try #require(decodedHex(chunk))
                do throws(LineFramer.Failure) {
                    try framer.feed(bytes) { lines.append(String(decoding: $0, as: UTF8.self)) }
                } catch {
                    failed = true
                }
            }
            #expect(lines == vector.lines, "\(vector.name)")
            #expect(failed == (vector.oversize ?? false), "\(vector.name)")
            if let pending = vector.pending { #expect(framer.pendingBytes == pending, "\(vector.name)") }
        }
    }

    // MARK: Codec

    @Test("JSON is read, written and refused as the vectors say")
    func json() throws {
        let part = try CodecVectors.load().json
        for vector in part.valid {
            #expect(text(try Value.parse(Array(vector.line.utf8)).canonicalBytes) == vector.writes ?? vector.line)
        }
        for vector in part.invalid {
            do throws(JSONError) {
                _ = try Value.parse(vector.bytes)
                Issue.record("taken: \(vector.line ?? vector.hex ?? "")")
            } catch {
                #expect(error.code.rawValue == vector.code, "\(vector.line ?? vector.hex ?? "")")
            }
        }
    }

    @Test("every fault of JSON that the scanner tells apart has a vector")
    func jsonFaults() throws {
        let codes = Set(try CodecVectors.load().json.invalid.compactMap(\.code))
        #expect(JSONError.Code.allCases.map(\.rawValue).filter { !codes.contains($0) } == ["too_long"])
    }

    @Test("messages, changes and entries are read and written as the vectors say")
    func codecs() throws {
        let vectors = try CodecVectors.load()
        try check(vectors.client) { text(ClientMessageCodec.encode(try ClientMessageCodec.decode($0)).dropLast()) }
        try check(vectors.server) { text(ServerMessageCodec.encode(try ServerMessageCodec.decode($0)).dropLast()) }
        try check(vectors.change) { text(ChangeCodec.encode(try ChangeCodec.decode($0))) }
        try check(vectors.entry) { line in
            let entry = try EntryCodec.decode(line)
            let envelope = EntryCodec.Envelope(
                seq: entry.seq, at: entry.at, author: entry.author, replica: entry.replica, common: entry.common,
                moved: entry.moved)
            switch entry.body {
            case .change:
                let range = try #require(EntryCodec.changeRange(line))
                return text(EntryCodec.encode(envelope, change: Array(line[range])))
            case .refused(let refusal): return text(EntryCodec.encode(envelope, refusal))
            }
        }
    }

    private func check(_ part: CodecVectors.Part, _ rewrite: ([UInt8]) throws -> String) throws {
        for vector in part.valid {
            #expect(try rewrite(Array(vector.line.utf8)) == vector.writes ?? vector.line, "\(vector.line)")
        }
        for vector in part.invalid {
            #expect(throws: CodecError.self, "\(vector.why ?? "")") { try rewrite(vector.bytes) }
        }
    }

    @Test("a change is cut out of its entry as it was submitted")
    func changeRange() throws {
        for vector in try CodecVectors.load().entry.valid {
            let line = Array(vector.line.utf8)
            #expect(EntryCodec.changeRange(line).map { text(line[$0]) } == vector.change)
        }
    }

    @Test("a well-formed change is refused or taken as the vectors say")
    func rules() throws {
        let rules = ChangeRules(vocabulary: .current, maximumOperations: Limits().operationsPerChange)
        for vector in try CodecVectors.load().rules {
            let change = try ChangeCodec.decode(Array(vector.line.utf8))
            let role = try #require(Role(rawValue: vector.role))
            do throws(RuleViolation) {
                try rules.check(change, role: role)
                #expect(vector.code == nil, "taken: \(vector.why)")
            } catch {
                #expect(error.code.rawValue == vector.code, "\(vector.why): \(error)")
            }
        }
    }

    // MARK: Hashing

    struct Hashing: Decodable {
        struct Link: Decodable { var line: String, leaf: String, head: String }
        struct Change: Decodable { var line: String, sha256: String, prev_of_next: String }
        struct Document: Decodable { var text: String, id: String }
        struct Checkpoint: Decodable { var public_key: String, line: String, signed: String, sig: String }
        var log: String
        var h0: String
        var entries: [Link]
        var changes: [Change]
        var documents: [Document]
        var checkpoint: Checkpoint
    }

    @Test("lines, logs, changes and documents hash as the vectors say")
    func hashing() throws {
        let vectors = try ProtocolFiles.load("vectors/hashing.json", as: Hashing.self)
        var chain = ChainHash(log: vectors.log)
        #expect(chain.head.hex == vectors.h0)
        var before: ShortHash?
        for link in vectors.entries {
            let line = Array(link.line.utf8)
            #expect(sha256(line).hex == link.leaf)
            chain.append(line: line)
            #expect(chain.head.hex == link.head)
        }
        for change in vectors.changes {
            let digest = sha256(Array(change.line.utf8))
            #expect(digest.hex == change.sha256)
            #expect(digest.short.hex == change.prev_of_next)
            before = digest.short
        }
        #expect(try EntryCodec.decode(Array(vectors.entries[2].line.utf8)).link.hash == before)
        for document in vectors.documents {
            #expect(ItemID(document: sha256(document.text)).raw == document.id)
        }
    }

    @Test("a checkpoint's signature covers the bytes before it")
    func checkpoint() throws {
        let vector = try ProtocolFiles.load("vectors/hashing.json", as: Hashing.self).checkpoint
        let line = Array(vector.line.utf8)
        let signed = try #require(CheckpointCodec.signedBytes(line))
        #expect(text(signed) == vector.signed)
        let checkpoint = try CheckpointCodec.decode(line)
        #expect(checkpoint.signature == vector.sig)
        #expect(text(CheckpointCodec.encode(checkpoint, signer: FixedSigner(signature: vector.sig))) == vector.line)
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: try #require(decodedHex(vector.public_key)))
        let signature = try #require(decodedHex(vector.sig))
        #expect(key.isValidSignature(signature, for: signed))
        #expect(!key.isValidSignature(signature, for: signed + [0x20]))
    }

    // MARK: Folding

    struct FoldVector: Decodable, CustomTestStringConvertible {
        var name: String
        var lines: [String]
        var head: String
        var state: AnyValue
        var testDescription: String { name }
    }

    struct FoldFile: Decodable {
        var vocabulary: Int64
        var log: String
        var cases: [FoldVector]
    }

    @Test("a log folds to the state that the vectors say", arguments: ["vectors/folding.json", "vectors/conflicts.json"])
    func folding(_ name: String) throws {
        let file = try ProtocolFiles.load(name, as: FoldFile.self)
        #expect(file.vocabulary == Vocabulary.current.version)
        for vector in file.cases {
            var chain = ChainHash(log: file.log)
            for line in vector.lines { chain.append(line: Array(line.utf8)) }
            #expect(chain.head.hex == vector.head)
            let expected = vector.state.value.object ?? []
            let folded = try FoldedState.of(vector.lines)
            #expect(folded.keys.sorted() == expected.map(\.key), "\(vector.name)")
            for member in expected { #expect(folded[member.key] == member.value, "\(vector.name): \(member.key)") }
        }
    }

    private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
}

/// Says the signature that a vector has.
private struct FixedSigner: CheckpointSigner {
    var signature: String
    var publicKey: String { "" }
    func sign(_ bytes: [UInt8]) -> String { signature }
}
