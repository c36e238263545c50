internal import Foundation

/// Runs rows: a warm-up of every contender, then the counted runs by turns.
final class Runner {
    struct Result {
        var row: Row
        var runs: [String: [Metrics]]
        var failures: [String: String]
        var verdicts: [Verdict]
        var seconds: Double
    }

    private let options: Options
    private(set) var results: [Result] = []

    init(_ options: Options) { self.options = options }

    func run(_ row: Row) {
        let start = Clock.nanoseconds()
        Console.progress("\(row.name): \(row.title)")
        var runs: [String: [Metrics]] = [:]
        var failures: [String: String] = [:]
        let count = row.runs ?? options.runs
        for turn in 0...count {
            for contender in row.contenders where failures[contender.name] == nil {
                do {
                    // What the run before left to be written back must not slow this one.
                    sync()
                    var (metrics, pulse) = try Pulse.during { try contender.run() }
                    (metrics["slowShare"], metrics["slowLongest"]) = (pulse.slowShare, pulse.longestMilliseconds)
                    if turn > 0 { runs[contender.name, default: []].append(metrics) }
                    let figure = metrics[contender.metric].map { Figure.text($0, contender.unit) } ?? "no figure"
                    Console.progress(
                        "    \(turn == 0 ? "warm-up" : "run \(turn) of \(count)")  \(contender.name): \(figure)\(Self.cpu(metrics))")
                } catch {
                    failures[contender.name] = "\(error)"
                    Console.progress("    \(contender.name) failed: \(error)")
                }
            }
        }
        row.finish()
        let verdicts = row.targets.map { Self.judge($0, runs) }
        results.append(Result(row: row, runs: runs, failures: failures, verdicts: verdicts, seconds: Clock.seconds(since: start)))
        for verdict in verdicts {
            Console.progress("    \(verdict.target.text): \(Report.measured(verdict)) \(verdict.outcome.rawValue)")
        }
    }

    private static func cpu(_ metrics: Metrics) -> String {
        let parts = [("client", metrics["clientCPU"]), ("server", metrics["serverCPU"])].compactMap { name, value in
            value.map { "\(name) \(Figure.text($0, "s"))" }
        }
        return parts.isEmpty ? "" : "  (CPU: \(parts.joined(separator: ", ")))"
    }

    static func judge(_ target: Target, _ runs: [String: [Metrics]]) -> Verdict {
        func values(_ contender: String, _ metric: String) -> [Double] { (runs[contender] ?? []).compactMap { $0[metric] } }
        func verdict(_ samples: [Double], _ least: Double?, _ most: Double?, isRatio: Bool) -> Verdict {
            guard !samples.isEmpty else { return Verdict(target: target, outcome: .notMeasured, measured: nil, isRatio: isRatio) }
            let found = Samples(values: samples)
            let isMet = (least.map { found.median >= $0 } ?? true) && (most.map { found.median <= $0 } ?? true)
            return Verdict(target: target, outcome: isMet ? .met : .notMet, measured: found, isRatio: isRatio)
        }
        switch target.check {
        case .ratio(let ours, let metric, let peer, let peerMetric, let least, let most):
            // Pair by pair: what was measured one after the other met the same machine.
            let pairs = zip(values(ours, metric), values(peer, peerMetric)).map { $0 / $1 }
            return verdict(pairs, least, most, isRatio: true)
        case .figure(let contender, let metric, let least, let most):
            return verdict(values(contender, metric), least, most, isRatio: false)
        case .published(let contender, let metric):
            var verdict = verdict(values(contender, metric), nil, nil, isRatio: false)
            if verdict.outcome == .met { verdict.outcome = .published }
            return verdict
        }
    }
}
