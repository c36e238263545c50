import Glibc

exit(await Program.perform(Array(CommandLine.arguments.dropFirst())).rawValue)
