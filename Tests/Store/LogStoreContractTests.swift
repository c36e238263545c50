import AnnalsTesting
import Testing

@Suite struct LogStoreContractTests {
    @Test("the SQLite store keeps the contract", arguments: LogStoreContract.checks)
    func contract(check: LogStoreContract.Check) throws {
        try check.run(LogStoreContract(sha256: sha256) { try StorePlace() })
    }
}
