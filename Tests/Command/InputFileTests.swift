import Testing

@testable import AnnalsCommand

@Suite("Input file") struct InputFileTests {
    @Test(
        "the first byte that is not UTF-8 is named",
        arguments: [
            ([0x61, 0xC3, 0xA9, 0xFF], 3), ([0x61, 0xC3], 1), ([0xE2, 0x28, 0xA1], 0), ([0x61, 0x62], 2), ([0x61, 0xED, 0xA0, 0x80], 1),
            ([0xC0, 0x80], 0), ([0xF0, 0x9F, 0x98, 0x80, 0x80], 4),
        ] as [([UInt8], Int)])
    func offset(bytes: [UInt8], offset: Int) {
        #expect(InputFile.invalidOffset(bytes) == offset)
    }
}
