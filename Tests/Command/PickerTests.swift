import Testing

@testable import AnnalsCommand

@Suite("Picker") struct PickerTests {
    let choices: [Picker.Choice] = [
        .init(handle: "e1", text: "Official visit"), .init(handle: "e2", text: "Draft agreement initialed"),
        .init(handle: "e12", text: "Joint declaration signed"),
    ]

    @Test("words filter, a number or a handle chooses, an empty line gives up")
    func steps() {
        var picker = Picker(choices)
        #expect(picker.take("i") == .showing(choices))
        #expect(picker.take("signed") == .chosen(choices[2]))
        #expect(picker.take("e1") == .chosen(choices[0]))
        #expect(picker.take("2") == .chosen(choices[1]))
        #expect(picker.take("draft AGREEMENT") == .chosen(choices[1]))
        #expect(picker.take("") == .nothing)
        #expect(picker.take(nil) == .nothing)
    }

    @Test("words that fit nothing show everything again")
    func nothing() {
        var picker = Picker(choices)
        #expect(picker.take("zebra") == .showing(choices))
    }
}
