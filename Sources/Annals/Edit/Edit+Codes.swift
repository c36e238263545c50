internal import AnnalsModel

extension Edit {
    /// What names a code of a published codebook names one that is in it: a coding's `codes`.
    ///
    /// Only who has the codebook can tell, so a server does not.
    func checkCode(_ value: Value, _ path: String) throws {
        guard let codebook = value["codebook"]?.string.flatMap({ ItemID($0) }), let code = value["code"]?.string else { return }
        try check([code], of: codebook, path)
    }

    /// A mapping says codes of its own codebook in codes of the other one.
    func checkMapping(_ value: Value, of codebook: ItemID, _ path: String) throws {
        guard let other = value["to"]?.string.flatMap({ ItemID($0) }), let codes = value["codes"]?.array else { return }
        try check(codes.compactMap { $0["from"]?.string }, of: codebook, path)
        try check(codes.compactMap { $0["to"]?.string }, of: other, path)
    }

    private func check(_ codes: [String], of codebook: ItemID, _ path: String) throws {
        let known = Set(try self.codes(of: codebook))
        guard let index = codes.firstIndex(where: { !known.contains($0) }) else { return }
        let which = codes.count == 1 ? "the code" : "code \(index + 1)"
        throw AnnalsError(
            .invalid, "\(which) of \(path) is not in \(shortName(codebook))",
            wayOut: "Its codes: `annals show \(shortName(codebook)).codes`.")
    }

    /// The codes of a codebook that the view has, or that this change makes.
    private func codes(of codebook: ItemID) throws -> [String] {
        var list = try view.entity(codebook)?.shown("codes")
        if list == nil, codebook.change == change, operations.indices.contains(codebook.index - 1),
            case .create(_, let fields) = operations[codebook.index - 1].action
        {
            list = fields.first { sameBytes($0.key, "codes") }?.value
        }
        return list?.array?.compactMap { $0["code"]?.string } ?? []
    }
}
