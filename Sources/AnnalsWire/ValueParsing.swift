public import AnnalsJSON
public import AnnalsModel

extension Value {
    /// The one value that `bytes` are, in the strict form of ``JSONScanner``, within the limits for a line.
    public static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) -> Value {
        guard bytes.count <= limits.lineBytes else { throw JSONError(.tooLong, at: limits.lineBytes) }
        var scanner = JSONScanner(depth: limits.depth)
        let span = bytes.span.bytes
        try scanner.scan(span)
        return Value(of: scanner.tape, in: span)
    }
}
