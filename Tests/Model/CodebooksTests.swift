import AnnalsModel
import Testing

@Suite("Codebooks")
struct CodebooksTests {
    @Test("every PLOVER type is in one class")
    func classes() {
        let types = Codebooks.quadClasses.flatMap(\.types)
        #expect(types.sorted() == Codebooks.ploverTypes.sorted())
        #expect(Codebooks.quadClass(of: "REQUEST") == "verbal-conflict")
        #expect(Codebooks.quadClass(of: "request") == nil)
    }

    @Test("CAMEO has twenty roots, and every code stands under its own")
    func cameo() {
        let codes = Codebooks.cameoCodes
        #expect(Set(codes).count == codes.count)
        let roots = Set(codes.filter { $0.count == 2 })
        #expect(roots.count == 20)
        let counts = [10, 27, 28, 7, 8, 5, 6, 25, 5, 27, 12, 26, 22, 26, 6, 13, 13, 14, 9, 7]
        for (root, count) in zip(roots.sorted(), counts) {
            #expect(codes.count { Codebooks.cameoRoot(of: $0) == root } - 1 == count, "\(root)")
        }
        #expect(["0253", "155", "176", "1834", "1951"].allSatisfy(codes.contains) && !codes.contains("1641"))
        #expect(codes.allSatisfy { (2...4).contains($0.count) && roots.contains(Codebooks.cameoRoot(of: $0)) })
    }

    @Test(
        "codes are checked against their lists",
        arguments: [("057", true), ("0244", true), ("5", false), ("0999", false), ("", false)])
    func checked(code: String, fits: Bool) {
        let coding = Vocabulary.current.field("coding", of: "event")?.type
        let value: Value = ["type": "SUPPORT", "cameo": .string(code)]
        #expect(((try? coding?.check(value, at: "coding")) != nil) == fits)
    }
}
