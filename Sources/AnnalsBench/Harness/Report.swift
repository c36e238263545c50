internal import AnnalsModel
internal import AnnalsWire
internal import Foundation

/// The table for people, in Markdown, and the figures as JSON.
struct Report {
    var machine: [(String, String)]
    var results: [Runner.Result]
    var options: Options
    var seconds: Double

    static func measured(_ verdict: Verdict) -> String {
        guard let samples = verdict.measured else { return "–" }
        let unit = verdict.isRatio ? " ×" : ""
        return "\(Figure.number(samples.median))\(unit) (\(Figure.number(samples.least))–\(Figure.number(samples.most)))"
    }

    var markdown: String {
        var lines = machine.map { "- \($0.0): \($0.1)" }
        if options.isQuick { lines.append("- **QUICK: small sizes and few runs; these figures are for a look, not for the record**") }
        if options.runs < Options.runsUsual { lines.append("- **only \(options.runs) counted runs**") }
        lines += [
            "", "| row | contender | median (min–max) | client CPU | server CPU | machine slowed |", "|---|---|---|---|---|---|",
        ]
        for result in results {
            for contender in result.row.contenders {
                let runs = result.runs[contender.name] ?? []
                let samples = Samples(values: runs.compactMap { $0[contender.metric] })
                let figure =
                    runs.isEmpty
                    ? "failed: \(result.failures[contender.name] ?? "not run")"
                    : "\(Figure.text(samples.median, contender.unit)) (\(Figure.number(samples.least))–\(Figure.number(samples.most)))"
                let (client, server) = (Self.cpu(runs, "clientCPU"), Self.cpu(runs, "serverCPU"))
                let cells = [result.row.name, contender.name, figure, client, server, Self.slowed(runs)]
                lines.append("| \(cells.joined(separator: " | ")) |")
            }
        }
        lines += ["", "| row | what | must reach | measured (min–max) | |", "|---|---|---|---|---|"]
        for result in results {
            for (index, verdict) in result.verdicts.enumerated() {
                let name = index == 0 ? result.row.name : ""
                let title = index == 0 ? result.row.title : ""
                lines.append(
                    "| \(name) | \(title) | \(verdict.target.text) | \(Self.measured(verdict)) | \(verdict.outcome.rawValue) |")
            }
        }
        lines.append("")
        for result in results where !result.row.remark.isEmpty || !result.failures.isEmpty || !notes(result).isEmpty {
            let failures = result.failures.sorted { $0.key < $1.key }.map { "\($0.key) failed: \($0.value)" }
            lines.append(
                "- \(result.row.name): " + ([result.row.remark] + notes(result) + failures).filter { !$0.isEmpty }.joined(separator: "; "))
        }
        lines += ["", summary]
        return lines.joined(separator: "\n")
    }

    /// What the last run of each contender had to say.
    private func notes(_ result: Runner.Result) -> [String] {
        result.row.contenders.flatMap { contender in
            (result.runs[contender.name]?.last?.notes ?? []).map { "\(contender.name): \($0)" }
        }
    }

    /// CPU seconds, and their share of the time that the run took.
    private static func cpu(_ runs: [Metrics], _ name: String) -> String {
        let seconds = Samples(values: runs.compactMap { $0[name] }).median
        let elapsed = Samples(values: runs.compactMap { $0["seconds"] }).median
        if seconds.isNaN { return "" }
        return Figure.text(seconds, "s") + (elapsed.isNaN || elapsed == 0 ? "" : " (\(Int(seconds / elapsed * 100)) %)")
    }

    /// How much of the time the machine was at less than half of its speed, in the median, and the longest stretch of it in a run (``Pulse``).
    private static func slowed(_ runs: [Metrics]) -> String {
        let (share, longest) = (runs.compactMap { $0["slowShare"] }, runs.compactMap { $0["slowLongest"] })
        if share.isEmpty { return "" }
        return "\(Figure.number(100 * Samples(values: share).median)) %, \(Figure.text(Samples(values: longest).most, "ms"))"
    }

    private var verdicts: [Verdict.Outcome] { results.flatMap(\.verdicts).map(\.outcome) }

    var summary: String {
        let met = results.count { result in result.verdicts.allSatisfy { $0.outcome == .met || $0.outcome == .published } }
        return "\(met) of \(results.count) rows met; targets: \(verdicts.count { $0 == .met }) met, "
            + "\(verdicts.count { $0 == .notMet }) not met, \(verdicts.count { $0 == .notMeasured }) not measured; "
            + "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }

    // MARK: JSON

    var json: [UInt8] {
        let rows = results.map { result in
            Value.object([
                ("name", .string(result.row.name)), ("title", .string(result.row.title)), ("remark", .string(result.row.remark)),
                ("contenders", .array(result.row.contenders.map { Self.json($0, result) })),
                ("targets", .array(result.verdicts.map(Self.json))),
            ])
        }
        let about = Value.object(machine.map { ($0.0, Value.string($0.1)) })
        return Value.object([
            ("machine", about), ("quick", .bool(options.isQuick)), ("seed", .integer(Int64(Workload.seed))), ("rows", .array(rows)),
        ]).canonicalBytes
    }

    private static func json(_ contender: Contender, _ result: Runner.Result) -> Value {
        let runs = (result.runs[contender.name] ?? []).map { run in
            // There is no floating point in this JSON: decimals are strings.
            Value.object(run.values.map { ($0.key, Value.string("\($0.value)")) })
        }
        return .object([
            ("name", .string(contender.name)), ("metric", .string(contender.metric)), ("unit", .string(contender.unit)),
            ("runs", .array(runs)), ("failure", result.failures[contender.name].map(Value.string) ?? .null),
        ])
    }

    private static func json(_ verdict: Verdict) -> Value {
        .object([
            ("text", .string(verdict.target.text)), ("outcome", .string(verdict.outcome.rawValue)),
            ("values", .array((verdict.measured?.values ?? []).map { .string("\($0)") })),
        ])
    }
}
