internal import AnnalsModel
internal import Dispatch
internal import UV

/// Images of entities in their order, made on another thread while those before are being written.
///
/// Unchecked because the compiler cannot see the semaphores: a block belongs to the maker between `free` and `full`, and to the
/// writer between `full` and `free`; the maker's own parts are touched by one thread alone.
final class ImageLine: @unchecked Sendable {
    typealias Take = (inout ImageMaker, borrowing Fold, _ place: Int) -> Void

    /// Some images, whose room is used again.
    private final class Block {
        var images: [EntityImage] = []
        var count = 0
    }

    /// How many images another thread is worth.
    private static let sharedMin = 200
    private static let blockImages = 64
    private static let blockBytes = 256 << 10

    private var maker: ImageMaker
    private let blocks = [Block(), Block(), Block(), Block()]
    private let free = DispatchSemaphore(value: 0)
    private let full = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let isGivenUp = Locked(false)
    /// Of the writer: which block it is in, and where in there.
    private var block = 0
    private var next = 0

    init(_ schema: Schema) { maker = ImageMaker(schema) }

    /// Runs `body`, which takes the image of each place in this order from the function that it is given.
    func run(
        _ places: [Int], of fold: borrowing Fold, _ take: @escaping Take,
        _ body: (_ next: ((EntityImage) throws -> Void) throws -> Void) throws -> Void
    ) throws {
        if places.count < Self.sharedMin {
            var places = places.makeIterator()
            return try body { use in
                guard let place = places.next() else { return }
                take(&maker, fold, place)
                try use(maker.image)
            }
        }
        try withUnsafePointer(to: fold) { fold in
            // Safe: whoever runs this waits for the maker's end before it leaves.
            nonisolated(unsafe) let (take, fold) = (take, fold)
            DispatchQueue(label: "annals.images").async { self.make(places) { take(&$0, fold.pointee, $1) } }
            defer {
                isGivenUp.withLock { $0 = true }
                free.signal()
                ended.wait()
            }
            for _ in blocks { free.signal() }
            try body(takeNext)
        }
    }

    /// Makes all images, or as many as are waited for.
    private func make(_ places: [Int], _ take: (inout ImageMaker, Int) -> Void) {
        var (number, index) = (0, 0)
        while index < places.count {
            free.wait()
            if isGivenUp.withLock({ $0 }) { break }
            let block = blocks[number % blocks.count]
            var bytes = 0
            block.count = 0
            while index < places.count, block.count < Self.blockImages, bytes < Self.blockBytes {
                take(&maker, places[index])
                bytes += maker.image.row.bytes.count
                if block.count == block.images.count { block.images.append(EntityImage()) }
                swap(&maker.image, &block.images[block.count])
                block.count += 1
                index += 1
            }
            number += 1
            full.signal()
        }
        ended.signal()
    }

    private func takeNext(_ use: (EntityImage) throws -> Void) throws {
        if next == 0 { full.wait() }
        let current = blocks[block % blocks.count]
        try use(current.images[next])
        next += 1
        guard next == current.count else { return }
        (block, next) = (block + 1, 0)
        free.signal()
    }
}
