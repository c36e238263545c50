extension ReplicaStore {
    /// How soon a commit must be on disk.
    enum Durability: String, Sendable {
        /// When the call returns: what a person recorded.
        case full
        /// After a power failure the last commits may be missing, and are pulled again.
        case normal
    }
}
