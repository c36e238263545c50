/// The keys of all objects that are open during a scan, so that a duplicate is found without an allocation for each key.
///
/// A key is compared by a fingerprint of its unescaped bytes first, by the bytes themselves where fingerprints agree. An
/// object with few keys compares each new key with those before; one with many sorts them when it closes. So a line made
/// to be slow costs n log n at worst, even where somebody found keys with equal fingerprints.
struct JSONKeys: Sendable {
    struct Key: Sendable {
        var fingerprint: UInt64
        /// Offsets of what stands between the quotes.
        var start: Int32
        /// Negated (`~end`) where the key has escapes.
        var end: Int32

        var isPlain: Bool { end >= 0 }
        var range: Range<Int> { Int(start)..<Int(isPlain ? end : ~end) }
    }

    /// From how many keys on an object's keys are compared when it closes, all at once.
    static let few = 24
    /// How many open keys have their place in the value itself; only lines with more need an allocation.
    private static let inlineCount = 64

    private var keys = InlineArray<64, Key>(repeating: Key(fingerprint: 0, start: 0, end: 0))
    /// The keys beyond ``inlineCount``, while there are any.
    private var more: [Key] = []
    private(set) var count = 0

    mutating func removeAll() {
        count = 0
        more = []
    }

    /// - Parameter seen: a bit for each fingerprint among the object's keys, so that most keys need not be compared with any.
    @inline(__always)
    mutating func append(
        _ start: Int, _ end: Int, isPlain: Bool, openedAt first: Int, seen: inout UInt64, in bytes: RawSpan
    ) throws(JSONError) {
        let fingerprint =
            isPlain ? Self.fingerprint(plain: start..<end, in: bytes) : Self.fingerprint(escaped: start..<end, in: bytes)
        let key = Key(
            fingerprint: fingerprint, start: Int32(truncatingIfNeeded: start),
            end: isPlain ? Int32(truncatingIfNeeded: end) : ~Int32(truncatingIfNeeded: end))
        guard count < Self.inlineCount else { return try appendFurther(key, openedAt: first, in: bytes) }
        let bit: UInt64 = 1 &<< (fingerprint &>> 58)
        if seen & bit != 0, count - first < Self.few {
            for index in first..<count where keys[index].fingerprint == fingerprint {
                try check(keys[index], key, in: bytes)
            }
        }
        seen |= bit
        keys[count] = key
        count += 1
    }

    @inline(never)
    private mutating func appendFurther(_ key: Key, openedAt first: Int, in bytes: RawSpan) throws(JSONError) {
        if count - first < Self.few {
            for index in first..<count where self[index].fingerprint == key.fingerprint {
                try check(self[index], key, in: bytes)
            }
        }
        more.append(key)
        count += 1
    }

    /// Forgets the keys of the object that closes; those from `first` on are its own.
    @inline(__always)
    mutating func close(openedAt first: Int, in bytes: RawSpan) throws(JSONError) {
        if count - first > Self.few { try findDuplicate(from: first, in: bytes) }
        if count > Self.inlineCount { more.removeLast(count - max(first, Self.inlineCount)) }
        count = first
    }

    private subscript(index: Int) -> Key { index < Self.inlineCount ? keys[index] : more[index - Self.inlineCount] }

    @inline(never)
    private func check(_ a: Key, _ b: Key, in bytes: RawSpan) throws(JSONError) {
        if Self.order(a, b, in: bytes) == 0 { throw JSONError(.duplicateKey, at: Int(b.start)) }
    }

    @inline(never)
    private func findDuplicate(from first: Int, in bytes: RawSpan) throws(JSONError) {
        var sorted = (first..<count).map { self[$0] }
        Self.heapSort(&sorted, in: bytes)
        for index in sorted.indices.dropFirst() {
            let (a, b) = (sorted[index - 1], sorted[index])
            if a.fingerprint == b.fingerprint, Self.order(a, b, in: bytes) == 0 {
                throw JSONError(.duplicateKey, at: Int(max(a.start, b.start)))
            }
        }
    }

    /// Below, equal or above 0 as the unescaped bytes of `a` come before, with or after those of `b`.
    private static func order(_ a: Key, _ b: Key, in bytes: RawSpan) -> Int {
        var first = JSONText(a.range)
        var second = JSONText(b.range)
        while true {
            switch (first.next(in: bytes), second.next(in: bytes)) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let x?, let y?): if x != y { return x < y ? -1 : 1 }
            }
        }
    }

    /// Sorts by fingerprint, then by bytes: by hand, since the standard library's closure may not hold the bytes' span.
    private static func heapSort(_ keys: inout [Key], in bytes: RawSpan) {
        func precedes(_ a: Key, _ b: Key) -> Bool {
            a.fingerprint == b.fingerprint ? order(a, b, in: bytes) < 0 : a.fingerprint < b.fingerprint
        }
        func sift(_ root: Int, _ count: Int) {
            var parent = root
            while 2 * parent + 1 < count {
                var child = 2 * parent + 1
                if child + 1 < count, precedes(keys[child], keys[child + 1]) { child += 1 }
                guard precedes(keys[parent], keys[child]) else { return }
                keys.swapAt(parent, child)
                parent = child
            }
        }
        for root in stride(from: keys.count / 2, through: 0, by: -1) { sift(root, keys.count) }
        for last in stride(from: keys.count - 1, to: 0, by: -1) {
            keys.swapAt(0, last)
            sift(0, last)
        }
    }

    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// One step of the fingerprint; not keyed, since equal fingerprints only cost a comparison.
    @inline(__always)
    static func mix(_ fingerprint: UInt64, _ word: UInt64) -> UInt64 {
        let product = (fingerprint ^ word) &* multiplier
        return product ^ product >> 29
    }

    /// The key's bytes in words of eight, the last one filled up with zeros, and their number.
    @inline(__always)
    private static func fingerprint(plain range: Range<Int>, in bytes: RawSpan) -> UInt64 {
        var fingerprint: UInt64 = 0
        var at = range.lowerBound
        while at + 8 <= range.upperBound {
            fingerprint = mix(fingerprint, bytes.word(at))
            at += 8
        }
        let rest = range.upperBound - at
        if rest > 0 {
            var word: UInt64 = 0
            if at + 8 <= bytes.byteCount {
                word = bytes.word(at) & (1 << UInt64(8 * rest) - 1)
            } else {
                for index in 0..<rest { word |= UInt64(bytes.byte(at + index)) << UInt64(8 * index) }
            }
            fingerprint = mix(fingerprint, word)
        }
        return fingerprint ^ UInt64(range.count)
    }

    /// The same fingerprint of a key that has escapes.
    @inline(never)
    private static func fingerprint(escaped range: Range<Int>, in bytes: RawSpan) -> UInt64 {
        var fingerprint: UInt64 = 0
        var text = JSONText(range)
        var word: UInt64 = 0
        var count = 0
        while let byte = text.next(in: bytes) {
            word |= UInt64(byte) << UInt64(8 * (count % 8))
            count += 1
            if count % 8 == 0 {
                fingerprint = mix(fingerprint, word)
                word = 0
            }
        }
        if count % 8 != 0 { fingerprint = mix(fingerprint, word) }
        return fingerprint ^ UInt64(count)
    }
}
