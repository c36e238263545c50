internal import CLinux
internal import Foundation
internal import Synchronization

/// Feels how fast the machine is while a contender runs.
///
/// A virtual machine may be slowed down from outside, to a tenth of its speed for some hundredths of a second, and nothing in it says so.
/// Medians do not notice; the longest of a thousand waits does. So a thread does the same small piece of arithmetic every two
/// milliseconds and notes the processor time that it took: nothing but the machine's speed changes that.
final class Pulse: Sendable {
    /// What was felt.
    struct Reading: Equatable {
        /// The share of beats at less than half of the usual speed.
        var slowShare = 0.0
        /// The longest time from a slow beat to the end of the last one that followed it without a faster one between, in milliseconds.
        var longestMilliseconds = 0.0

        /// - Parameter beats: when each began, and the processor time that it took, in nanoseconds.
        init(_ beats: [(at: UInt64, took: UInt64)]) {
            guard !beats.isEmpty else { return }
            let usual = beats.map(\.took).sorted()[beats.count / 2]
            var (slow, longest, since) = (0, UInt64(0), UInt64?.none)
            for beat in beats {
                guard beat.took > 2 * usual else {
                    since = nil
                    continue
                }
                slow += 1
                since = since ?? beat.at
                longest = max(longest, beat.at + beat.took - (since ?? beat.at))
            }
            slowShare = Double(slow) / Double(beats.count)
            longestMilliseconds = Double(longest) / 1e6
        }
    }

    private let isOver = Atomic(false)

    /// Runs `body` and feels meanwhile.
    static func during<T>(_ body: () throws -> T) rethrows -> (T, Reading) {
        let pulse = Pulse()
        let done = DispatchSemaphore(value: 0)
        let found = Mutex(Reading([]))
        let thread = Thread {
            let reading = Reading(pulse.beats())
            found.withLock { $0 = reading }
            done.signal()
        }
        thread.start()
        defer { pulse.isOver.store(true, ordering: .relaxed) }
        let result = try body()
        pulse.isOver.store(true, ordering: .relaxed)
        done.wait()
        return (result, found.withLock { $0 })
    }

    /// How long a piece of arithmetic takes again and again that usually takes so long: what the tail of anything of that length is at best.
    static func arithmetic(milliseconds: Int, count: Int) throws -> Metrics {
        let usual = (0..<200).map { _ in Clock.nanoseconds(of: work) }.sorted()[100]
        let pieces = max(1, milliseconds * 1_000_000 / Int(max(1, usual)))
        let times = (0..<count).map { _ in Clock.nanoseconds(of: { for _ in 0..<pieces { work() } }) }
        var metrics = Metrics()
        metrics.latencies(times.sorted())
        return metrics
    }

    private func beats() -> [(at: UInt64, took: UInt64)] {
        var beats: [(at: UInt64, took: UInt64)] = []
        while !isOver.load(ordering: .relaxed) {
            let (at, cpu) = (Clock.nanoseconds(), Clock.threadCPU())
            Self.work()
            beats.append((at, Clock.threadCPU() - cpu))
            Clock.sleep(milliseconds: 2)
        }
        return beats
    }

    /// Some thirty microseconds of arithmetic in registers. What comes out goes somewhere, or the compiler would leave it out.
    private static func work() {
        var number = sink.load(ordering: .relaxed)
        for _ in 0..<20_000 { number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        sink.store(number, ordering: .relaxed)
    }

    private static let sink = Atomic<UInt64>(1)
}
