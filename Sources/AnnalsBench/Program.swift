internal import Foundation

/// `annals-bench` runs the rows; `annals-bench worker …` is one contender's part of a run.
@main
enum Program {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            if words.first == "worker" {
                let metrics = try await Worker.main(Array(words.dropFirst()))
                Console.print(metrics.lines)
            } else {
                try Session(Options()).run()
            }
        } catch {
            Console.print("annals-bench: \(error)")
            Children.endAll()
            exit(1)
        }
    }
}
