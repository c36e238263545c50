internal import AnnalsModel
internal import AnnalsWire

/// What a desk of analysts records, as a stream of acts in the real vocabulary that follows from a seed.
///
/// One act in ten makes an event. The others add to one: nine of ten to an event of the last few hundred acts, one of ten to any
/// earlier one. Two or three coders code each event; most other things its owner says; now and then somebody else does, and where
/// neither saw the other there is a conflict.
struct Workload {
    static let seed: UInt64 = 20_250_809

    /// One act: who writes it, under which id, and its members from `ops` on (with `why`, where there is a reason).
    struct Act {
        var writer: Int
        var id: UInt64
        var body: Range<Int>
    }

    private struct Known {
        var id: UInt64
        var owner: UInt16
    }

    let writers: Int
    private(set) var made = 0
    private var random: BenchRandom
    private let idSeed: UInt64
    private let words = Words()
    private var events: [Known] = []
    private var actors: [UInt64] = []
    private var documents: [[UInt8]] = []

    /// - Parameter writers: how many replicas write.
    init(writers: Int, seed: UInt64 = Workload.seed) {
        self.writers = writers
        random = BenchRandom(seed: seed)
        idSeed = BenchRandom.mix(seed)
    }

    /// The next act; its body is appended to `text`.
    mutating func next(into text: inout ByteText) -> Act {
        made += 1
        let id = BenchRandom.mix(idSeed &+ UInt64(made))
        let start = text.bytes.count
        let writer = write(id, &text)
        return Act(writer: writer, id: id, body: start..<text.bytes.count)
    }

    private mutating func write(_ id: UInt64, _ text: inout ByteText) -> Int {
        switch made {
        case 1: return actor(id, &text)
        case 2: return document(&text)
        case 3: return create(id, &text)
        default: break
        }
        if random.below(10) == 0 { return create(id, &text) }
        let event = pickEvent()
        switch random.below(1000) {
        case ..<270: return code(event, &text)
        case ..<420: return tag(event, &text)
        case ..<540: return participation(event, &text)
        case ..<630: return note(event, &text)
        case ..<740: return citation(id, event, &text)
        case ..<810: return when(event, &text)
        case ..<870: return place(event, &text)
        case ..<930: return summary(event, &text)
        case ..<970: return choice(event, "occurrence", ["happened", "planned", "cancelled", "did-not-happen"], &text)
        case ..<980: return choice(event, "state", ["draft", "submitted", "reviewed"], &text)
        case ..<995: return actor(id, &text)
        default: return document(&text)
        }
    }

    private mutating func pickEvent() -> Known {
        if random.below(10) == 0 { return events[random.below(events.count)] }
        return events[max(0, events.count - 1 - random.below(40))]
    }

    private mutating func anyone() -> Int { random.below(writers) }

    /// The owner, or once in a while somebody else.
    private mutating func mostlyOwner(_ event: Known, othersIn100: Int) -> Int {
        random.below(100) < othersIn100 ? anyone() : Int(event.owner)
    }

    // MARK: Acts

    private mutating func create(_ id: UInt64, _ text: inout ByteText) -> Int {
        let owner = anyone()
        events.append(Known(id: id, owner: UInt16(owner)))
        text.add("\"why\":\"")
        words.sentence(2, &random, into: &text)
        text.add("\",\"ops\":[{\"op\":\"create\",\"kind\":\"event\",\"fields\":{")
        if random.below(2) == 0 {
            text.add("\"place\":{\"text\":\"")
            words.sentence(2, &random, into: &text)
            text.add("\"},")
        }
        text.add("\"title\":\"")
        words.sentence(4 + random.below(5), &random, into: &text)
        text.add("\"")
        if random.below(10) < 7 {
            text.add(",\"when\":")
            date(&text)
        }
        text.add("}}]")
        return owner
    }

    private mutating func date(_ text: inout ByteText) {
        let (month, day) = (1 + random.below(12), 1 + random.below(27))
        text.add("{\"basis\":")
        text.add(["\"stated\"", "\"implied\"", "\"inferred\""][random.below(3)])
        text.add(",\"edtf\":\"")
        func one(_ day: Int, _ text: inout ByteText) {
            text.add(2019 + month % 7)
            text.add("-")
            text.add(month, digits: 2)
            text.add("-")
            text.add(day, digits: 2)
        }
        switch random.below(10) {
        case 0:
            text.add("[")
            one(day, &text)
            text.add("..")
            one(day + 1, &text)
            text.add("]")
        case 1:
            one(day, &text)
            text.add("/")
            one(day + 1, &text)
        default: one(day, &text)
        }
        text.add("\"}")
    }

    private mutating func code(_ event: Known, _ text: inout ByteText) -> Int {
        let coder = (Int(event.owner) + random.below(random.below(2) == 0 ? 2 : 3)) % writers
        open("code", event, "coding", &text)
        text.add("{\"contexts\":[\"")
        text.add(["diplomatic", "territory", "military", "economic"][random.below(4)])
        text.add("\",\"")
        text.add(["legal", "human-rights", "elections", "energy"][random.below(4)])
        text.add("\"],\"mode\":[\"meet\"],\"note\":\"")
        words.sentence(5 + random.below(8), &random, into: &text)
        text.add("\",\"type\":\"")
        text.add(["SUPPORT", "CONSULT", "AGREE", "ACCUSE", "REJECT", "THREATEN", "COERCE", "ASSAULT", "AID"][random.below(9)])
        text.add("\"}}]")
        return coder
    }

    private mutating func tag(_ event: Known, _ text: inout ByteText) -> Int {
        let who = mostlyOwner(event, othersIn100: 30)
        open("add", event, "tags", &text)
        text.add("\"")
        text.add(words.pick(&random))
        text.add("-")
        text.add(words.pick(&random))
        text.add("\"}]")
        return who
    }

    private mutating func participation(_ event: Known, _ text: inout ByteText) -> Int {
        let who = mostlyOwner(event, othersIn100: 20)
        open("add", event, "participations", &text)
        text.add("{\"actor\":\"")
        item(actors[max(0, actors.count - 1 - random.below(200))], &text)
        text.add("\",\"as-reported\":\"")
        words.sentence(3 + random.below(3), &random, into: &text)
        text.add("\",\"basis\":\"stated\",\"role\":\"")
        text.add(["source", "target", "mediator", "observer"][random.below(4)])
        text.add("\"}}]")
        return who
    }

    private mutating func note(_ event: Known, _ text: inout ByteText) -> Int {
        let who = anyone()
        text.add("\"ops\":[{\"op\":\"create\",\"kind\":\"note\",\"fields\":{\"target\":\"")
        item(event.id, &text)
        text.add("\",\"text\":\"")
        words.sentence(9 + random.below(14), &random, into: &text)
        text.add("?\"}}]")
        return who
    }

    private mutating func citation(_ id: UInt64, _ event: Known, _ text: inout ByteText) -> Int {
        let who = mostlyOwner(event, othersIn100: 25)
        let start = random.below(4000)
        text.add("\"ops\":[{\"op\":\"create\",\"kind\":\"citation\",\"fields\":{\"document\":\"sha256:")
        text.add(documents[random.below(documents.count)])
        text.add("\",\"position\":{\"end\":")
        text.add(start + 60)
        text.add(",\"start\":")
        text.add(start)
        text.add("},\"quote\":{\"exact\":\"")
        words.sentence(6 + random.below(3), &random, into: &text)
        text.add("\"}}},{\"op\":\"add\",\"kind\":\"citation\",\"on\":\"")
        item(id, &text)
        text.add("\",\"field\":\"about\",\"value\":{\"item\":\"")
        item(event.id, &text)
        text.add("\",\"stance\":\"supports\"}}]")
        return who
    }

    private mutating func when(_ event: Known, _ text: inout ByteText) -> Int {
        let who = mostlyOwner(event, othersIn100: 4)
        open("set", event, "when", &text)
        date(&text)
        text.add("}]")
        return who
    }

    private mutating func place(_ event: Known, _ text: inout ByteText) -> Int {
        let who = mostlyOwner(event, othersIn100: 10)
        open("set", event, "place", &text)
        text.add("{\"text\":\"")
        words.sentence(2 + random.below(3), &random, into: &text)
        text.add("\"}}]")
        return who
    }

    private mutating func summary(_ event: Known, _ text: inout ByteText) -> Int {
        let who = mostlyOwner(event, othersIn100: 10)
        open("set", event, "summary", &text)
        text.add("\"")
        for _ in 0..<3 {
            words.sentence(5 + random.below(6), &random, into: &text)
            text.add(". ")
        }
        text.add("\"}]")
        return who
    }

    private mutating func choice(_ event: Known, _ field: StaticString, _ values: [StaticString], _ text: inout ByteText) -> Int {
        let who = mostlyOwner(event, othersIn100: 6)
        open("set", event, field, &text)
        text.add("\"")
        text.add(values[random.below(values.count)])
        text.add("\"}]")
        return who
    }

    private mutating func actor(_ id: UInt64, _ text: inout ByteText) -> Int {
        actors.append(id)
        text.add("\"ops\":[{\"op\":\"create\",\"kind\":\"actor\",\"fields\":{\"code\":\"")
        text.add(["AZE", "ARM", "GEO", "RUS", "TUR", "IRN", "USA", "FRA"][random.below(8)])
        text.add("\",\"kind\":\"person\",\"sector\":\"GOV\"}},{\"op\":\"add\",\"kind\":\"actor\",\"on\":\"")
        item(id, &text)
        text.add("\",\"field\":\"names\",\"value\":{\"language\":\"en\",\"text\":\"")
        words.sentence(2, &random, into: &text)
        text.add("\"}}]")
        return anyone()
    }

    private mutating func document(_ text: inout ByteText) -> Int {
        var body = ByteText()
        for _ in 0..<(6 + random.below(6)) {
            words.sentence(8 + random.below(10), &random, into: &body)
            body.add(". ")
        }
        let name = Array(sha256(body.bytes).hex.utf8)
        documents.append(name)
        text.add("\"ops\":[{\"op\":\"create\",\"kind\":\"document\",\"id\":\"sha256:")
        text.add(name)
        text.add("\",\"fields\":{\"published\":\"2025-08-09\",\"source\":{\"text\":\"AzerNews\"},\"text\":\"")
        text.add(body.bytes)
        text.add("\",\"title\":\"")
        words.sentence(6, &random, into: &text)
        text.add("\"}}]")
        return anyone()
    }

    // MARK: Pieces

    /// An operation on an event, up to its value.
    private func open(_ operation: StaticString, _ event: Known, _ field: StaticString, _ text: inout ByteText) {
        text.add("\"ops\":[{\"op\":\"")
        text.add(operation)
        text.add("\",\"kind\":\"event\",\"on\":\"")
        item(event.id, &text)
        text.add("\",\"field\":\"")
        text.add(field)
        text.add("\",\"value\":")
    }

    /// The entity that the first operation of a change made.
    private func item(_ id: UInt64, _ text: inout ByteText) {
        Self.changeID(id, &text)
        text.add("-1")
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 16 characters of Crockford's base 32: 64 bits of the number, then 16 that follow from it.
    static func changeID(_ id: UInt64, _ text: inout ByteText) {
        var rest = id
        for _ in 0..<12 {
            text.bytes.append(alphabet[Int(rest & 31)])
            rest >>= 5
        }
        rest |= (BenchRandom.mix(id) & 0xFFFF) << 4
        for _ in 0..<4 {
            text.bytes.append(alphabet[Int(rest & 31)])
            rest >>= 5
        }
    }
}
