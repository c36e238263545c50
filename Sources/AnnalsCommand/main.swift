import Glibc

let status = await Program.perform(Array(CommandLine.arguments.dropFirst()))
OpenReplicas.leave()
exit(status.rawValue)
