internal import Foundation

/// Progress goes to standard error, with the time; the table to standard output.
enum Console {
    private static let start = Clock.nanoseconds()

    static func progress(_ text: String) {
        let seconds = Int(Clock.seconds(since: start))
        let minutes = "\(seconds / 60)", rest = "\(seconds % 60)"
        FileHandle.standardError.write(Data("[\(minutes):\(rest.count < 2 ? "0" : "")\(rest)] \(text)\n".utf8))
    }

    static func print(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}

/// Numbers for people.
enum Figure {
    static func number(_ value: Double) -> String {
        if value.isNaN { return "–" }
        let size = abs(value)
        if size >= 1000 {
            var (digits, text) = (String(Int(value.rounded())), "")
            while digits.count > 3 {
                text = "," + digits.suffix(3) + text
                digits = String(digits.dropLast(3))
            }
            return digits + text
        }
        let places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        return String(format: "%.\(places)f", value)
    }

    static func text(_ value: Double, _ unit: String) -> String { number(value) + (unit.isEmpty ? "" : " " + unit) }
}
