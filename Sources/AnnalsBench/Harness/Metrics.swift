/// What one run of a contender measured, by name.
struct Metrics {
    private(set) var values: [String: Double] = [:]
    private(set) var notes: [String] = []

    init(_ values: [String: Double] = [:]) { self.values = values }

    subscript(_ name: String) -> Double? {
        get { values[name] }
        set { values[name] = newValue }
    }

    mutating func note(_ text: String) { notes.append(text) }

    /// Latencies in nanoseconds, sorted: their percentiles in milliseconds.
    mutating func latencies(_ sorted: [UInt64], prefix: String = "") {
        guard !sorted.isEmpty else { return }
        // The nearest rank: of a hundred, the 99th is p99 and the last one the maximum.
        func at(_ share: Double) -> Double { Double(sorted[max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1)]) / 1e6 }
        values[prefix + "p50"] = at(0.5)
        values[prefix + "p99"] = at(0.99)
        values[prefix + "p999"] = at(0.999)
        values[prefix + "max"] = at(1)
    }

    /// As a worker prints them, a line each.
    var lines: String {
        values.sorted { $0.key < $1.key }.map { "metric \($0.key) \($0.value)\n" }.joined() + notes.map { "note \($0)\n" }.joined()
    }

    /// From what a worker printed.
    init(lines: String) {
        for line in lines.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            if words.first == "metric", words.count == 3, let number = Double(words[2]) { values[words[1]] = number }
            if words.first == "note" { notes.append(words.dropFirst().joined(separator: " ")) }
        }
    }
}

/// Several runs of one thing.
struct Samples {
    var values: [Double]

    var median: Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return .nan }
        if sorted.count % 2 == 1 { return sorted[sorted.count / 2] }
        return sorted.count > 1 ? (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2 : last
    }
    var least: Double { values.min() ?? .nan }
    var most: Double { values.max() ?? .nan }
}
