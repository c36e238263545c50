/// Where each session stands in an array, found by its number without hashing: whoever pushes lone changes is looked up many times
/// for each.
///
/// Open addressing with linear probing; what is removed leaves no mark, those behind it move up (Knuth, The Art of Computer
/// Programming 3, section 6.4, algorithms L and R). At least half of the cells are free.
public struct SessionPlaces: Sendable {
    private struct Cell {
        var number: UInt64 = 0
        /// Below 0 where the cell is free.
        var place: Int = -1
        var isFree: Bool { place < 0 }
    }

    private var cells: [Cell]
    private(set) var count = 0
    private var mask: Int { cells.count - 1 }

    /// - Parameter capacity: for how many sessions there is room from the start.
    public init(capacity: Int = 4) {
        var size = 8
        while size < 2 * capacity { size *= 2 }
        cells = Array(repeating: Cell(), count: size)
    }

    /// The place of a session; nil where it has none.
    public func place(of id: SessionID) -> Int? {
        let cell = cells[cell(of: id.number)]
        return cell.isFree ? nil : cell.place
    }

    /// Gives a session its place, or another one.
    public mutating func set(_ place: Int, of id: SessionID) {
        precondition(place >= 0, "a place in an array")
        var index = cell(of: id.number)
        if cells[index].isFree {
            if 2 * (count + 1) > cells.count {
                grow()
                index = cell(of: id.number)
            }
            count += 1
        }
        cells[index] = Cell(number: id.number, place: place)
    }

    /// - Returns: the place that it had.
    public mutating func remove(_ id: SessionID) -> Int? {
        var hole = cell(of: id.number)
        guard !cells[hole].isFree else { return nil }
        let place = cells[hole].place
        var next = (hole + 1) & mask
        while !cells[next].isFree {
            // It moves up where it is looked for at the hole or before.
            if (next - home(of: cells[next].number)) & mask >= (next - hole) & mask {
                cells[hole] = cells[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        cells[hole] = Cell()
        count -= 1
        return place
    }

    /// The cell of a session, or the free one that it would get.
    private func cell(of number: UInt64) -> Int {
        var index = home(of: number)
        while !cells[index].isFree, cells[index].number != number { index = (index + 1) & mask }
        return index
    }

    /// Numbers that follow each other lie apart, and so do those with the same distance (Fibonacci hashing, Knuth as above).
    private func home(of number: UInt64) -> Int {
        Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    private mutating func grow() {
        let full = cells
        cells = Array(repeating: Cell(), count: 2 * full.count)
        for cell in full where !cell.isFree { cells[self.cell(of: cell.number)] = cell }
    }
}
