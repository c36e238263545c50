internal import AnnalsCore
internal import AnnalsModel

extension LogStoreContract {
    /// All of the contract.
    public static let checks: [Check] = writing + reading

    static let writing: [Check] = [
        Check("what is appended is read back, byte for byte, also after reopening") { contract in
            let place = try contract.makePlace()
            var store = try place.open()
            var maker = try contract.maker()
            try store.create(maker.head)
            for count in [1, 5, 2] { try store.append([maker.group(count)]) }
            try store.append([maker.group(40, padding: 3000), maker.group(1, replica: "r2")])
            try expectLog(of: maker, in: store)
            try store.reopen()
            try expectLog(of: maker, in: store)
            try place.close(store)
            store = try place.open()
            try expectLog(of: maker, in: store)
            try store.append([maker.group(3)])
            try expectLog(of: maker, in: store)
            try place.close(store)
        },
        Check("a group that leaves a gap, overlaps, is empty or goes back in time is refused and changes nothing") { contract in
            try contract.withStore { store in
                var maker = try contract.maker()
                try store.create(maker.head)
                try store.append([maker.group(4)])
                let before = maker
                var next = maker.group(2)
                func refused(_ what: String, _ change: (inout LogGroup) -> Void) throws {
                    var group = next
                    change(&group)
                    try expect(.notNext, from: what) { try store.append([group]) }
                    try expectLog(of: before, in: store)
                }
                try refused("a gap") { $0.first += 1 }
                try refused("an overlap") { $0.first -= 1 }
                try refused("a group of no lines") { ($0.count, $0.bytes) = (0, []) }
                try refused("a group with a line too many") { $0.count -= 1 }
                try refused("a group without its last LF") { $0.bytes.removeLast() }
                try refused("a cut past the end") { $0.cuts = [LogCut(count: 1, offset: $0.bytes.count, head: $0.head)] }
                try refused("a cut within a line") { $0.cuts = [LogCut(count: 1, offset: 5, head: $0.head)] }
                try refused("an earlier time") { $0.at = Instant(milliseconds: before.head.at.milliseconds - 1) }
                next.moved = []
                try store.append([next])
                try expectLog(of: maker, in: store)
            }
        },
        Check("an append to several workspaces is done whole or not at all") { contract in
            try contract.withStore { store in
                var first = try contract.maker("one", seed: 1)
                var second = try contract.maker("two", seed: 2)
                try store.create(first.head)
                try store.create(second.head)
                try store.append([first.group(2), second.group(3)])
                let (before, kept) = (first, second)
                let good = first.group(2)
                var bad = second.group(2)
                bad.first += 5
                try expect(.notNext, from: "an append with a bad last group") { try store.append([good, bad]) }
                try expectLog(of: before, in: store)
                try expectLog(of: kept, in: store)
                try store.append([good, first.group(1)])
                try expectLog(of: first, in: store)
            }
        },
        Check("marks and moved ids are those of the last groups, also after reopening") { contract in
            let place = try contract.makePlace()
            var store = try place.open()
            var maker = try contract.maker()
            try store.create(maker.head)
            for round in 0..<6 {
                let moved = maker.changeID()
                try store.append([
                    maker.group([.change(moved, moved: round % 2 == 0)], replica: "r\(round % 3)"),
                    maker.group(2, replica: "r\(round % 2)"),
                ])
            }
            try expect(maker.head.last.count == 3 && maker.head.moved.count == 3, "the check itself is wrong")
            try expect(try store.head(of: maker.head.workspace) == maker.head, "the marks differ")
            try place.close(store)
            store = try place.open()
            try expect(try store.head(of: maker.head.workspace) == maker.head, "the marks differ after reopening")
            try place.close(store)
        },
        Check("a name is taken once, and another log can have another") { contract in
            try contract.withStore { store in
                let (first, second) = (try contract.maker("b"), try contract.maker("a"))
                try expect(try store.workspaces() == [], "a new store has workspaces")
                try store.create(first.head)
                try store.create(second.head)
                try expect(.exists, from: "a second workspace of that name") { try store.create(first.head) }
                let names = try store.workspaces()
                try expect(Set(names) == [first.head.workspace, second.head.workspace], "the workspaces are \(names)")
                try expectLog(of: first, in: store)
            }
        },
        Check("a workspace begins empty, with its own log id and epoch") { contract in
            try contract.withStore { store in
                var head = try contract.maker().head
                (head.epoch, head.at) = (7, Instant(milliseconds: 12))
                try store.create(head)
                try expect(try store.head(of: head.workspace) == head, "the head is not the one given")
                head.workspace = try name("full")
                head.seq = 1
                try expect(.notNext, from: "a new workspace with entries") { try store.create(head) }
                try expect(try store.head(of: head.workspace) == nil, "the refused workspace is there")
            }
        },
    ]

    static let reading: [Check] = [
        Check("the cuts of a group come back with it, and where groups are joined each one's end is a cut too") { contract in
            try contract.withStore { store in
                var maker = try contract.maker()
                try store.create(maker.head)
                var groups = [maker.group(1), maker.group(60, padding: 3000), maker.group(2), maker.group(3), maker.group(1)]
                for index in groups.indices {
                    let group = groups[index]
                    let ends = group.bytes.indices.filter { group.bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
                    groups[index].cuts = ends.indices.dropLast().filter { $0 % 7 == 1 }.map { line in
                        LogCut(count: Int64(line + 1), offset: ends[line], head: maker.hashes[Int(group.first) + line])
                    }
                }
                try store.append(groups)
                for group in groups {
                    let stretch = try store.stretch(of: group.workspace, holding: group.first + group.count - 1)
                    let found = stretch?.cuts.filter { $0.count < group.count } ?? []
                    try expect(found == group.cuts, "the cuts of the group at \(group.first) differ")
                    let first = Int(stretch?.first ?? 0)
                    for cut in stretch?.cuts ?? [] {
                        let lines = maker.lines[(first - 1)..<(first - 1 + Int(cut.count))]
                        try expect(cut.head == maker.hashes[first - 1 + Int(cut.count)], "H at a cut of the stretch at \(first) differs")
                        try expect(cut.offset == lines.reduce(0) { $0 + $1.count + 1 }, "a cut of the stretch at \(first) is misplaced")
                    }
                }
            }
        },
        Check("the stretch holding an entry begins with its group, whole, wherever in it the entry stands") { contract in
            try contract.withStore { store in
                var maker = try contract.maker()
                try store.create(maker.head)
                let groups = [maker.group(1), maker.group(7, padding: 5000), maker.group(3)]
                try store.append(groups)
                for group in groups {
                    for seq in group.first..<group.first + group.count {
                        let stretch = try store.stretch(of: group.workspace, holding: seq)
                        try expect(
                            stretch?.first == group.first && (stretch?.bytes ?? []).starts(with: group.bytes),
                            "the stretch holding \(seq) does not begin with the group at \(group.first)")
                    }
                }
                for seq in [-1, 0, maker.head.seq + 1, Int64.max, Int64.min] {
                    try expect(
                        try store.stretch(of: maker.head.workspace, holding: seq) == nil, "there is an entry \(seq)")
                }
            }
        },
        Check("the chain's hash is known at every entry, and nowhere else") { contract in
            try contract.withStore { store in
                var maker = try contract.maker()
                let workspace = maker.head.workspace
                try store.create(maker.head)
                try expect(try store.chainHash(of: workspace, at: 0) == maker.hashes[0], "H(0) differs in an empty log")
                for count in [1, 4, 9, 1] { try store.append([maker.group(count, padding: 100)]) }
                for (seq, hash) in maker.hashes.enumerated() {
                    try expect(try store.chainHash(of: workspace, at: Int64(seq)) == hash, "H(\(seq)) differs")
                }
                for seq in [-1, maker.head.seq + 1, Int64.max, Int64.min] {
                    try expect(try store.chainHash(of: workspace, at: seq) == nil, "there is an H(\(seq))")
                }
            }
        },
        Check("a change is found by its id alone, however JSON spells it: not by a reference, a refusal, or another workspace's") {
            contract in
            try contract.withStore { store in
                var maker = try contract.maker()
                var other = try contract.maker("other", seed: 9)
                let workspace = maker.head.workspace
                try store.create(maker.head)
                try store.create(other.head)
                let ids = (0..<9).map { _ in maker.changeID() }
                try expect(try !store.holds(ids[0], in: workspace), "an empty log holds a change")
                for _ in 0..<150 { try store.append([maker.group(1)]) }
                try store.append([
                    maker.group([
                        .change(ids[0]), .change(ids[1], undoes: ids[2]), .refusal(ids[3]), .change(ids[4]), .change(ids[8], escaped: true),
                    ]),
                    maker.group([.refusal(ids[5]), .change(ids[6], undoes: ids[5]), .change(ids[5])]),
                    other.group([.change(ids[7])]),
                ])
                for (index, found) in [true, true, false, false, true, true, true, false, true].enumerated() {
                    try expect(try store.holds(ids[index], in: workspace) == found, "change \(index): not \(found)")
                }
                try expect(try store.holds(ids[7], in: other.head.workspace), "the other workspace lost its change")
            }
        },
        Check("a workspace that is not there has no head, and all else says that it is unknown") { contract in
            try contract.withStore { store in
                var maker = try contract.maker()
                let workspace = maker.head.workspace
                let change = maker.changeID()
                try expect(try store.head(of: workspace) == nil, "there is a head")
                try expect(.unknownWorkspace, from: "append") { try store.append([maker.group(1)]) }
                try expect(.unknownWorkspace, from: "stretch") { _ = try store.stretch(of: workspace, holding: 1) }
                try expect(.unknownWorkspace, from: "chainHash") { _ = try store.chainHash(of: workspace, at: 0) }
                try expect(.unknownWorkspace, from: "holds") { _ = try store.holds(change, in: workspace) }
                try expect(try store.workspaces() == [], "there are workspaces")
            }
        },
        Check("an append of nothing is nothing") { contract in
            try contract.withStore { store in
                try store.append([])
                try expect(try store.workspaces() == [], "there are workspaces")
            }
        },
    ]
}
