/// Finding where values end in bytes that have been scanned: nothing is checked again, and nothing goes past the end.
extension RawSpan {
    /// The closing quote of the string whose content starts at `start`, and whether the content has no escapes.
    func endOfString(_ start: Int) -> (end: Int, isPlain: Bool) {
        var at = start
        var isPlain = true
        while at < byteCount {
            while at + 8 <= byteCount {
                let bytes = word(at)
                let ends =
                    zeroBytes(bytes ^ everyByte(UInt8(ascii: "\""))) | zeroBytes(bytes ^ everyByte(UInt8(ascii: "\\")))
                if ends != 0 {
                    at += ends.trailingZeroBitCount / 8
                    break
                }
                at += 8
            }
            switch byte(at) {
            case UInt8(ascii: "\""): return (at, isPlain)
            case UInt8(ascii: "\\"):
                isPlain = false
                at += 2
            default: at += 1
            }
        }
        return (byteCount, isPlain)
    }

    /// The offset after the value that starts at `start`.
    func endOfValue(_ start: Int) -> Int {
        switch byte(start) {
        case UInt8(ascii: "\""):
            return min(endOfString(start + 1).end + 1, byteCount)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return endOfNest(start)
        default:
            var at = start
            while at < byteCount {
                switch byte(at) {
                case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: " "), UInt8(ascii: "\t"),
                    UInt8(ascii: "\r"):
                    return at
                default: at += 1
                }
            }
            return at
        }
    }

    /// The offset after the array or object that starts at `start`.
    private func endOfNest(_ start: Int) -> Int {
        var at = start
        var open = 0
        while at < byteCount {
            switch byte(at) {
            case UInt8(ascii: "\""):
                at = endOfString(at + 1).end
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                open -= 1
                if open == 0 { return at + 1 }
            default:
                break
            }
            at += 1
        }
        return byteCount
    }

    /// The first offset from `start` on that holds no blank, comma or colon; not beyond `end`.
    @inline(__always)
    func skippingSeparators(_ start: Int, until end: Int) -> Int {
        var at = start
        while at < end {
            switch byte(at) {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
            default: return at
            }
        }
        return at
    }
}
