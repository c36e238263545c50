/// A worker's words: `key=value`.
struct Arguments {
    private let values: [String: String]

    init(_ words: [String]) {
        values = Dictionary(
            words.compactMap { word in
                guard let equals = word.firstIndex(of: "=") else { return nil }
                return (String(word[..<equals]), String(word[word.index(after: equals)...]))
            }
        ) { $1 }
    }

    func text(_ name: String) throws -> String {
        guard let text = values[name] else { throw BenchFailure("the worker lacks \(name)=") }
        return text
    }

    func text(_ name: String, or usual: String) -> String { values[name] ?? usual }

    func number(_ name: String) throws -> Int {
        guard let number = Int(try text(name)) else { throw BenchFailure("\(name)= is no number") }
        return number
    }

    func number(_ name: String, or usual: Int) -> Int { values[name].flatMap(Int.init) ?? usual }
}
