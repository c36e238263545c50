/// The values of one row, as SQLite takes them: numbers, and texts and blobs whose bytes lie one after the other in one buffer.
///
/// It is cleared and filled again from row to row, so a hundred thousand rows are made without as many objects.
struct RowImage {
    enum Slot {
        case null
        case integer(Int64)
        case text(Range<Int>)
        case blob(Range<Int>)
    }

    private(set) var slots: [Slot] = []
    var bytes: [UInt8] = []

    /// Beyond so much, the room of a row is not kept for the next.
    private static let keptBytes = 64 << 10

    mutating func clear() {
        slots.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
    }

    mutating func addNull() { slots.append(.null) }

    mutating func add(_ value: Int64) { slots.append(.integer(value)) }

    mutating func add(_ value: Int64?) { slots.append(value.map { .integer($0) } ?? .null) }

    mutating func add(text: some Sequence<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        slots.append(.text(start..<bytes.count))
    }

    /// A text whose bytes lie together.
    mutating func add(bytes text: UnsafeRawBufferPointer) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        slots.append(.text(start..<bytes.count))
    }

    mutating func add(_ text: String?) {
        if let text { add(text: text.utf8) } else { addNull() }
    }

    mutating func add(blob: some Sequence<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: blob)
        slots.append(.blob(start..<bytes.count))
    }

    /// The value that another row has in a slot.
    mutating func add(_ slot: Int, of other: RowImage) {
        switch other.slots[slot] {
        case .null, .integer: slots.append(other.slots[slot])
        case .text(let range): add(text: other.bytes[range])
        case .blob(let range): add(blob: other.bytes[range])
        }
    }

    /// What is appended to ``bytes`` from now on is the next text, until it is ended.
    func beginText() -> Int { bytes.count }
    mutating func endText(_ start: Int) { slots.append(.text(start..<bytes.count)) }

    /// What is appended to ``bytes`` from now on is the next blob, until it is ended.
    func beginBlob() -> Int { bytes.count }
    mutating func endBlob(_ start: Int) { slots.append(.blob(start..<bytes.count)) }

    /// Whether a column of a row that stands holds what this slot holds.
    func slot(_ index: Int, equals column: Int32, of row: BoundRow) -> Bool {
        switch slots[index] {
        case .null: row.isNull(column)
        case .integer(let value): !row.isNull(column) && row.integer(column) == value
        case .text(let range), .blob(let range):
            !row.isNull(column)
                && bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[range]).elementsEqual(row.bytes(column)) }
        }
    }
}

extension BoundStatement {
    /// Binds slots in their order to the parameters from `first` on, as many as there are for, and runs.
    func run(_ image: RowImage, from first: Int32 = 1) throws {
        let last = parameterCount
        try image.bytes.withUnsafeBytes { bytes in
            for (index, slot) in image.slots.enumerated() where first + Int32(index) <= last {
                bind(first + Int32(index), slot, bytes)
            }
            try run()
        }
    }

    /// Runs once for each so many slots.
    func run(_ image: RowImage, each columns: Int) throws {
        try image.bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: image.slots.count, by: columns) {
                for column in 0..<columns { bind(Int32(column + 1), image.slots[start + column], bytes) }
                try run()
            }
        }
    }

    func bind(_ index: Int32, _ slot: RowImage.Slot, _ bytes: UnsafeRawBufferPointer) {
        switch slot {
        case .null: bindNull(index)
        case .integer(let value): bind(index, value)
        case .text(let range): bind(index, text: UnsafeRawBufferPointer(rebasing: bytes[range]))
        case .blob(let range): bind(index, blob: UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }
}
