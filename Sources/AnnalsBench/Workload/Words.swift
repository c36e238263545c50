/// Words for titles, summaries and notes: newsroom words first and often, then a long tail that full text search has to carry.
struct Words {
    private static let common = """
        president minister foreign defence delegation agreement border ceasefire statement visit talks treaty corridor railway
        exchange prisoners observers mission council parliament sanctions protest rally troops exercise convoy humanitarian aid
        embassy ambassador summit declaration draft initialed signed welcomed condemned rejected accused announced confirmed denied
        reported village checkpoint bridge tunnel pipeline energy grain transit customs commission demarcation commander regiment
        opposition government coalition election court detention release journalist newspaper agency sources official spokesman
        peace process mediation proposal response meeting session resolution vote veto charter guarantee withdrawal deployment
        armoured vehicles artillery drone shelling casualties wounded evacuation displaced persons camp reconstruction loan grant
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Array($0.utf8) }
    private static let syllables = """
        ka ra ba gh lo ri sha mi te vo du zan gor nak hin qaz tov leri bak yer zur phe lum sed akh dar vel nor tik mar sun ost
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Array($0.utf8) }

    private let all: [[UInt8]]

    init() {
        var random = BenchRandom(seed: 77)
        var rare: [[UInt8]] = []
        for _ in 0..<6000 {
            var word: [UInt8] = []
            for _ in 0..<(2 + random.below(3)) { word += Self.syllables[random.below(Self.syllables.count)] }
            rare.append(word)
        }
        all = Self.common + rare
    }

    func pick(_ random: inout BenchRandom) -> [UInt8] {
        // Three of four words are common, as in text that people write.
        random.below(4) < 3 ? all[random.below(Self.common.count)] : all[random.below(all.count)]
    }

    /// Some words, the first with a capital.
    func sentence(_ count: Int, _ random: inout BenchRandom, into text: inout ByteText) {
        for index in 0..<count {
            if index > 0 { text.bytes.append(UInt8(ascii: " ")) }
            let start = text.bytes.count
            text.add(pick(&random))
            if index == 0 { text.bytes[start] &-= 32 }
        }
    }
}
