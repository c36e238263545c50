import Annals
import Synchronization

/// The replicas that this command opened. They stay open to its end, for it ends as fast as it can.
enum OpenReplicas {
    private static let all = Mutex<[Replica]>([])

    static func keep(_ replica: Replica) { all.withLock { $0.append(replica) } }

    /// Lets go of all of them, at the end of the process.
    static func leave() { for replica in all.withLock({ $0 }) { replica.leave() } }
}
