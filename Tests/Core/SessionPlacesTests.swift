import AnnalsCore
import Testing

@Suite("Where sessions stand")
struct SessionPlacesTests {
    @Test("a place is found as in a dictionary, whatever comes and goes", arguments: [1, 7, 64, 1 << 32] as [UInt64])
    func asADictionary(distance: UInt64) {
        var places = SessionPlaces()
        var expected: [UInt64: Int] = [:]
        // A linear congruential generator (Knuth, MMIX): the same run each time.
        var random: UInt64 = distance
        for step in 0..<20_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = (random >> 33) % 300 &* distance
            if random >> 63 == 0 {
                places.set(step, of: SessionID(number))
                expected[number] = step
            } else {
                #expect(places.remove(SessionID(number)) == expected.removeValue(forKey: number))
            }
            let other = (random >> 40) % 300 &* distance
            #expect(places.place(of: SessionID(other)) == expected[other])
        }
        for number in (0..<300).map({ UInt64($0) &* distance }) {
            #expect(places.place(of: SessionID(number)) == expected[number])
        }
    }

    @Test("there is no place where none was given")
    func empty() {
        var places = SessionPlaces()
        #expect(places.place(of: SessionID(0)) == nil)
        #expect(places.remove(SessionID(0)) == nil)
    }
}
