/// A growing array of plain records that is never copied behind one's back: no reference is counted and no uniqueness asked at
/// each access, which is what folding would otherwise mostly do.
struct Pool<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    fileprivate var elements: UnsafeMutablePointer<Element>
    fileprivate var capacity: Int
    fileprivate(set) var count = 0

    /// What follows a full capacity. Room that nothing was written to costs no memory, and copying does, and time; but what is
    /// large already is not asked for four times.
    fileprivate var nextCapacity: Int { capacity * (capacity * MemoryLayout<Element>.stride < 1 << 26 ? 4 : 2) }

    init(capacity: Int = 32) {
        self.capacity = max(capacity, 1)
        elements = .allocate(capacity: self.capacity)
    }

    init(repeating element: Element, count: Int) {
        self.init(capacity: count)
        elements.initialize(repeating: element, count: count)
        self.count = count
    }

    deinit { elements.deallocate() }

    var indices: Range<Int> { 0..<count }

    @inline(__always)
    subscript(index: Int) -> Element {
        unsafeAddress {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a place in the pool")
            return UnsafePointer(elements + index)
        }
        unsafeMutableAddress {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a place in the pool")
            return elements + index
        }
    }

    @inline(__always)
    subscript(index: Int32) -> Element {
        unsafeAddress {
            precondition(UInt(bitPattern: Int(index)) < UInt(bitPattern: count), "a place in the pool")
            return UnsafePointer(elements + Int(index))
        }
        unsafeMutableAddress {
            precondition(UInt(bitPattern: Int(index)) < UInt(bitPattern: count), "a place in the pool")
            return elements + Int(index)
        }
    }

    /// - Returns: the new element's index.
    @inline(__always) @discardableResult
    mutating func append(_ element: Element) -> Int32 {
        if count == capacity { grow(to: nextCapacity) }
        (elements + count).initialize(to: element)
        count += 1
        return Int32(truncatingIfNeeded: count - 1)
    }

    /// Makes room for so many elements in all.
    mutating func reserve(_ count: Int) {
        if count > capacity { grow(to: count) }
    }

    /// Forgets the elements from `count` on.
    mutating func cut(to count: Int) {
        precondition(count >= 0 && count <= self.count, "a pool is cut within what it holds")
        self.count = count
    }

    /// The elements one after the other, while `body` runs.
    func withElements<Result>(_ body: (UnsafeBufferPointer<Element>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(start: elements, count: count))
    }

    @inline(never)
    fileprivate mutating func grow(to capacity: Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        larger.moveInitialize(from: elements, count: count)
        elements.deallocate()
        elements = larger
        self.capacity = capacity
    }
}

extension Pool<UInt8> {
    /// - Returns: where they stand from now on.
    @inline(__always)
    mutating func append(contentsOf raw: UnsafeRawBufferPointer) -> Int {
        let start = count
        if count + raw.count > capacity { grow(to: max(nextCapacity, count + raw.count)) }
        if let base = raw.baseAddress {
            UnsafeMutableRawPointer(elements + count).copyMemory(from: base, byteCount: raw.count)
        }
        count += raw.count
        return start
    }
}
