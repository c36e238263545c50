internal import AnnalsModel

extension Edit {
    /// What names a code of a published codebook names one that is in it. Only who has the codebook can tell, so a server does not.
    func checkCodes(_ named: [NamedCode], _ path: String) throws {
        for (index, named) in named.enumerated() {
            guard let codebook = ItemID(named.codebook), try !codes(of: codebook).contains(.string(named.code)) else { continue }
            throw AnnalsError(
                .invalid, "code \(index + 1) of \(path) is not in \(shortName(codebook))",
                wayOut: "Its codes: `annals show \(shortName(codebook)).codes`.")
        }
    }

    /// The codes of a codebook that the view has, or that this change makes.
    private func codes(of codebook: ItemID) throws -> Set<Value> {
        if let known = codebooks[codebook] { return known }
        var list = try entity(codebook)?.shown("codes")
        if list == nil, codebook.change == change, operations.indices.contains(codebook.index - 1),
            case .create(_, let fields) = operations[codebook.index - 1].action
        {
            list = fields.first { sameBytes($0.key, "codes") }?.value
        }
        let codes = NamedCode.all(in: list)
        codebooks[codebook] = codes
        return codes
    }
}

/// A code of a published codebook as a value names it.
struct NamedCode {
    /// The id of the codebook, or in an item file its name.
    var codebook: String
    var code: String

    /// The codes of a codebook, by their bytes.
    static func all(in list: Value?) -> Set<Value> { Set(list?.array?.compactMap { $0["code"] } ?? []) }
}

extension FieldRule {
    /// The codes that a value names: those of a coding each with their codebook, those of a mapping in the codebook that bears it and in the other.
    ///
    /// - Parameter item: what the value is written on; nil where that is still to be made.
    func codes(in value: Value, of kind: String, _ item: String?) -> [NamedCode] {
        guard sameBytes(kind, "codebook"), sameBytes(name, "mappings") else { return type.codes(in: value) }
        let other = value["to"]?.string
        return (value["codes"]?.array ?? []).flatMap { pair in
            [(item, pair["from"]), (other, pair["to"])].compactMap { codebook, code in
                codebook.flatMap { codebook in code?.string.map { NamedCode(codebook: codebook, code: $0) } }
            }
        }
    }
}

extension ValueType {
    fileprivate func codes(in value: Value) -> [NamedCode] {
        switch (self, value) {
        case (.list(let element), .array(let values)): return values.flatMap { element.codes(in: $0) }
        case (.object(let parts), .members):
            let inner = parts.flatMap { part in value[part.name].map { part.type.codes(in: $0) } ?? [] }
            guard parts.contains(where: { $0.name == "codebook" && $0.type == .item(["codebook"]) }),
                let codebook = value["codebook"]?.string, let code = value["code"]?.string
            else { return inner }
            return inner + [NamedCode(codebook: codebook, code: code)]
        default: return []
        }
    }
}
