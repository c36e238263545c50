internal import AnnalsModel

/// A checkpoint as a line, without its LF. Its signature is the last member and covers all bytes before it.
public enum CheckpointCodec {
    /// The line, signed.
    public static func encode(_ checkpoint: Checkpoint, signer: any CheckpointSigner) -> [UInt8] {
        var object = OrderedObject()
        object.add("type", "checkpoint")
        object.add("ws", .string(checkpoint.workspace.raw))
        object.add("log", .string(checkpoint.log))
        object.add("epoch", .integer(checkpoint.epoch))
        object.add("seq", .integer(checkpoint.seq))
        object.add("head", .string(checkpoint.head.hex))
        object.add("at", .string(checkpoint.at.description))
        let signature = signer.sign(object.bytes)
        object.add("sig", .string(signature))
        return object.finished()
    }

    /// The bytes that the signature covers: all before `,"sig":`. nil where there is no such member at the end.
    public static func signedBytes(_ line: [UInt8]) -> [UInt8]? {
        let name = Array(",\"sig\":\"".utf8)
        guard line.count > name.count + 2, line.suffix(2).elementsEqual("\"}".utf8) else { return nil }
        guard let quote = line.dropLast(2).lastIndex(of: UInt8(ascii: "\"")), quote + 1 >= name.count else { return nil }
        let start = quote + 1 - name.count
        return line[start...quote].elementsEqual(name) ? Array(line[..<start]) : nil
    }

    /// Reads a checkpoint line; whether its signature fits is the verifier's to say.
    public static func decode(_ line: [UInt8]) throws(CodecError) -> Checkpoint {
        try checkpoint(try parseObject(line, "checkpoint"))
    }

    static func checkpoint(_ reader: MemberReader) throws(CodecError) -> Checkpoint {
        Checkpoint(
            workspace: try reader.name("ws"), log: try reader.string("log"), epoch: try reader.integer("epoch"),
            seq: try reader.integer("seq"), head: try reader.digest("head"), at: try reader.instant("at"),
            signature: try reader.string("sig"))
    }
}
