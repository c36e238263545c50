// Feeds pushes to the server's machine, with no socket and no disk, and prints what they cost.
//
//     hot-path ROUNDS     in each round eight sessions push a hundred changes, two replicas are live
//
// It prints how often memory was asked for per change. Under callgrind, the difference of two runs is the instructions.
let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20
var run = Run()
// The first rounds fill what stays.
for _ in 0..<4 { run.push() }
let before = run.allocations
for _ in 0..<rounds { run.push() }
let perChange = Double(run.allocations - before) / Double(rounds * Run.changesPerRound)
print("changes \(rounds * Run.changesPerRound)")
print("allocations_per_change \((perChange * 1000).rounded() / 1000)")
