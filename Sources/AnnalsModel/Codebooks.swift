/// The lists of codes that are built in, each with where it comes from. What else is coded by, a curator publishes as a codebook.
public enum Codebooks {
    /// The sixteen event types. Source: PLOVER (Political Language Ontology for Verifiable Event Records), Open Event Data Alliance,
    /// manual, chapter "Event Categories"; https://github.com/openeventdata/PLOVER.
    ///
    /// Its modes and contexts are words of a draft that still changes from version to version, so they are not checked.
    public static let ploverTypes = [
        "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT",
        "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
    ]

    /// The four classes that PLOVER's types are summed up in, and which types are in each.
    public static let quadClasses: [(name: String, types: [String])] = [
        ("verbal-cooperation", ["AGREE", "CONSULT", "SUPPORT", "CONCEDE"]),
        ("material-cooperation", ["COOPERATE", "AID", "RETREAT"]),
        ("verbal-conflict", ["REQUEST", "ACCUSE", "REJECT", "THREATEN"]),
        ("material-conflict", ["PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"]),
    ]

    /// The class of a PLOVER type; nil where it is none.
    ///
    ///     Codebooks.quadClass(of: "SUPPORT")   // "verbal-cooperation"
    public static func quadClass(of type: String) -> String? {
        quadClasses.first { $0.types.contains(type) }?.name
    }

    /// Event codes: the twenty roots and what they divide into. Source: CAMEO (Conflict and Mediation Event Observations), codebook 1.1b3, Gerner,
    /// Schrodt and Yilmaz; the roots are its chapter 2.
    public static let cameoCodes: [String] = """
        01 010 011 012 013 014 015 016 017 018 019
        02 020 021 0211 0212 0213 0214 022 023 0231 0232 0233 0234 024 0241 0242 0243 0244 025 0251 0252 0253 0254 0255 0256 026 027 028
        03 030 031 0311 0312 0313 0314 032 033 0331 0332 0333 0334 034 0341 0342 0343 0344 035 0351 0352 0353 0354 0355 0356 036 037 038
        039
        04 040 041 042 043 044 045 046
        05 050 051 052 053 054 055 056 057
        06 060 061 062 063 064
        07 070 071 072 073 074 075
        08 080 081 0811 0812 0813 0814 082 083 0831 0832 0833 0834 084 0841 0842 085 086 0861 0862 0863 087 0871 0872 0873 0874
        09 090 091 092 093 094
        10 100 101 1011 1012 1013 1014 102 103 1031 1032 1033 1034 104 1041 1042 1043 1044 105 1051 1052 1053 1054 1055 1056 106 107 108
        11 110 111 112 1121 1122 1123 1124 1125 113 114 115 116
        12 120 121 1211 1212 122 1221 1222 1223 1224 123 1231 1232 1233 1234 124 1241 1242 1243 1244 1245 1246 125 126 127 128 129
        13 130 131 1311 1312 1313 132 1321 1322 1323 1324 133 134 135 136 137 138 1381 1382 1383 1384 1385 139
        14 140 141 1411 1412 1413 1414 142 1421 1422 1423 1424 143 1431 1432 1433 1434 144 1441 1442 1443 1444 145 1451 1452 1453 1454
        15 150 151 152 153 154 155
        16 160 161 162 1621 1622 1623 163 164 165 166 1661 1662 1663
        17 170 171 1711 1712 172 1721 1722 1723 1724 173 174 175 176
        18 180 181 182 1821 1822 1823 183 1831 1832 1833 1834 184 185 186
        19 190 191 192 193 194 195 1951 1952 196
        20 200 201 202 203 204 2041 2042
        """.split { $0 == " " || $0 == "\n" }.map(String.init)

    /// The root of a CAMEO code: its first two digits.
    public static func cameoRoot(of code: String) -> String { String(code.prefix(2)) }

    /// Reliability of a source: A completely reliable to E unreliable, F cannot be judged. Source: the Admiralty system, NATO AJP-2.1,
    /// annex on grading.
    public static let reliabilities = ["A", "B", "C", "D", "E", "F"]

    /// Credibility of information: 1 confirmed by others to 5 improbable, 6 cannot be judged. Source: as for `reliabilities`.
    public static let credibilities: ClosedRange<Int64> = 1...6

    /// How likely something is, the least likely first. Source: Intelligence Community Directive 203, Analytic Standards (2015), the second row
    /// of its table of expressions of likelihood.
    public static let likelihoods = [
        "almost-no-chance", "very-unlikely", "unlikely", "roughly-even-chance", "likely", "very-likely", "almost-certain",
    ]

    /// How much a judgment rests on. Source: as for `likelihoods`.
    public static let confidences = ["low", "moderate", "high"]

    /// What can become of an instrument; initialed is not signed. Source: the words of the Vienna Convention on the Law of Treaties (1969), articles
    /// 10 to 25 and 54 to 62, and for other instruments the acts by which they come about.
    public static let instrumentStatuses = [
        "announced", "adopted", "sent", "initialed", "signed", "ratified", "provisionally-applied", "in-force", "suspended",
        "terminated", "superseded", "termination-requested",
    ]

    /// How binding a commitment is, the most binding first.
    public static let modalities = ["obligation", "undertaking", "intention", "expectation", "request", "aspiration"]

    /// How far a commitment is fulfilled: 0 not initiated, 1 minimum, 2 intermediate, 3 full. Source: Peace Accords Matrix, Kroc Institute, University
    /// of Notre Dame, levels of implementation.
    public static let fulfilment: ClosedRange<Int64> = 0...3

    /// How a deadline lies to the end of its duration or to its date. `within` and `by` include the day, `before` does not.
    public static let deadlineRelations = ["within", "by", "before", "after", "on"]

    /// What must come about before a commitment is due.
    public static let conditionKinds = ["after", "requires"]

    /// How two items hang together.
    public static let relationTypes = [
        "part_of", "implements", "derived_from", "supersedes", "suspends", "conditional_on", "reiterates", "comments_on",
        "provides_for", "same_as", "corroborates", "contradicts",
    ]

    /// On what a statement rests: the text says it, the text implies it, the coder inferred it.
    public static let bases = ["stated", "implied", "inferred"]

    /// Agreement with a statement, for a note that takes a side. Source: STIX 2.1, opinion-enum.
    public static let opinions = ["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"]

    /// How far the coding of an event is. The last two are a curator's words; a locked event is written no more.
    public static let codingStates = ["draft", "submitted", "reviewed", "locked"]

    /// How far one coder is with their own coding: a draft where nothing is said.
    public static let ownStates = ["draft", "submitted"]

    /// Whether a citation speaks for a value or against it.
    public static let stances = ["supports", "contradicts"]
}
