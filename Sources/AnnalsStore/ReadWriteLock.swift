internal import Foundation

/// Many may hold it shared, or one alone; who waits to hold it alone goes before new sharers.
///
/// A thread must not take it again while it holds it alone, nor shared while another may be waiting to hold it alone.
/// It is safe to share between threads: its state is only touched while `condition` is locked.
final class ReadWriteLock: @unchecked Sendable {
    private let condition = NSCondition()
    private var sharers = 0
    private var waiting = 0
    private var isAlone = false

    func shared<Result>(_ body: () throws -> Result) rethrows -> Result {
        condition.lock()
        while isAlone || waiting > 0 { condition.wait() }
        sharers += 1
        condition.unlock()
        defer {
            condition.lock()
            sharers -= 1
            if sharers == 0 { condition.broadcast() }
            condition.unlock()
        }
        return try body()
    }

    func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        condition.lock()
        waiting += 1
        while isAlone || sharers > 0 { condition.wait() }
        waiting -= 1
        isAlone = true
        condition.unlock()
        defer {
            condition.lock()
            isAlone = false
            condition.broadcast()
            condition.unlock()
        }
        return try body()
    }
}
