import Testing

import UV

@Suite("UV errors")
struct ErrorTests {
    @Test(
        "the common errors name themselves and a way out",
        arguments: [
            (UVError.Code.addressInUse, "EADDRINUSE"), (.connectionRefused, "ECONNREFUSED"),
            (.permissionDenied, "EACCES"), (.nameTooLong, "ENAMETOOLONG"), (.timedOut, "ETIMEDOUT"),
            (.notFound, "ENOENT"), (.tooManyOpenFiles, "EMFILE"), (.unknownHost, "EAI_NONAME"),
            (.addressNotAvailable, "EADDRNOTAVAIL"), (.invalidArgument, "EINVAL"),
        ])
    func wayOut(code: UVError.Code, name: String) throws {
        let error = UVError(code, "do it")
        #expect(code.name == name)
        let wayOut = try #require(error.wayOut)
        #expect("\(error)" == "could not do it: \(error.message) (\(name)); \(wayOut)")
    }

    @Test("a code that libuv does not know is told as such")
    func unknownCode() {
        let error = UVError(UVError.Code(rawValue: -99_999), "do it")
        #expect(error.wayOut == nil)
        #expect("\(error)" == "could not do it: Unknown system error -99999 (Unknown system error -99999)")
    }
}
