internal import AnnalsCore

extension AnnalsError {
    /// A sync's end as an error with its exit status: 3 where the server was not reached, 1 where a person must look.
    init(_ stop: SyncStop) {
        switch stop {
        case .disconnected, .server(code: "stopping", _, _), .server(code: "idle", _, _), .server(code: "storage", _, _):
            self.init(.unreachable, stop.description)
        case .server: self.init(.refused, stop.description)
        case .storage: self.init(.failed, stop.description)
        default: self.init(.stopped, stop.description)
        }
    }
}
