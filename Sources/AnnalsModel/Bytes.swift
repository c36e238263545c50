/// Whether two strings have the same UTF-8 bytes. Swift's `==` would call "é" and "e" + U+0301 equal; a record must not.
@inlinable public func sameBytes(_ a: String, _ b: String) -> Bool {
    a.utf8.elementsEqual(b.utf8)
}

/// The order of exports and of objects' members: by UTF-8 bytes, the same in every language and locale.
@inlinable public func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
}

/// Feeds a string's UTF-8 bytes to a hasher, in step with ``sameBytes(_:_:)``.
@inlinable func hashBytes(of text: String, into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(UInt8(0xFF))
}
