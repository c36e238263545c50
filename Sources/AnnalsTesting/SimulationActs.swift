internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire

/// What people do in a run: they look, and some time later record what they decided on what they saw.
extension SimulationWorld {
    mutating func act(_ index: Int) {
        guard let screen = screens.removeValue(forKey: index) else {
            screens[index] = replicas[index].file.screen()
            return
        }
        // Editing goes on on the same screen, or on a new one, or ends.
        screens[index] = random.percent(30) ? screen : random.percent(60) ? replicas[index].file.screen() : nil
        let id = random.changeID()
        var operations: [ChangeOperation] = []
        for _ in 0..<(1 + random.below(3)) { operations.append(operation(screen, id, operations.count + 1)) }
        // The library does not record what no server takes.
        var tried = replicas[index].file
        let change = tried.record(operations, base: screen.base, id: id, at: server.now)
        guard ChangeCodec.encode(change).count <= limits.lineBytes else { return }
        truth[id] = screen.shown.union(replicas[index].file.written)
        replicas[index].file = tried
        if replicas[index].isTalking, random.percent(60) {
            replicas[index].handle(.outboxChanged, server.now)
            collect(index)
        }
    }

    /// One operation on what the screen shows.
    mutating func operation(_ screen: SimulationFile.Screen, _ change: ChangeID, _ number: Int) -> ChangeOperation {
        let ids = screen.entities.values.filter { $0.created != nil && $0.kind == "event" }.map(\.id).sorted()
        // Few things, so that people meet on them.
        guard let on = random.pick(ids), !random.percent(ids.count < 4 ? 30 : 4), let entity = screen.entities[on] else {
            return creation()
        }
        switch random.below(14) {
        case 0, 1: return ChangeOperation("event", .set(on: on, field: "title", value: .string(word())))
        case 2, 3, 4: return contested("when", ["edtf": .string("2025-08-0\(1 + random.below(4))")], entity)
        case 5: return contested("occurrence", random.percent(50) ? "planned" : "happened", entity)
        case 6: return ChangeOperation("event", .code(on: on, field: "coding", value: ["type": random.percent(50) ? "AID" : "AGREE"]))
        case 7, 8: return ChangeOperation("event", .add(on: on, field: "tags", value: .string("t\(random.below(3))")))
        case 9:
            let shown = entity.elements["tags"]?.map(\.id) ?? []
            guard let element = random.pick(shown) else { return creation() }
            return ChangeOperation("event", .remove(on: on, field: "tags", elements: [element]))
        case 10:
            if entity.existence.isContested {
                return ChangeOperation(
                    "event",
                    .resolve(on: on, field: Entity.existenceField, value: "present", closes: entity.existence.heads.map(\.stamp.id)))
            }
            return ChangeOperation("event", entity.isPresent ? .retract(on: on) : .restore(on: on))
        case 11, 12: return note(on, screen)
        default:
            // The library would not write it; the server must refuse it.
            return ChangeOperation("event", .set(on: on, field: "title", value: 7))
        }
    }

    private mutating func creation() -> ChangeOperation {
        if random.percent(15) {
            let text = "text \(random.below(3))"
            return ChangeOperation(
                "document",
                .create(id: ItemID(document: sha256(text)), fields: [.init("text", .string(text)), .init("title", .string(word()))]))
        }
        return ChangeOperation("event", .create(id: nil, fields: [.init("title", .string(word()))]))
    }

    private mutating func note(_ target: ItemID, _ screen: SimulationFile.Screen) -> ChangeOperation {
        let notes = screen.entities.values.filter { $0.created != nil && $0.kind == "note" }.map(\.id).sorted()
        guard let note = random.pick(notes), random.percent(60) else {
            return ChangeOperation(
                "note", .create(id: nil, fields: [.init("target", .string(target.raw)), .init("text", .string(word()))]))
        }
        // Perhaps another's: then it has no effect.
        return ChangeOperation("note", .set(on: note, field: "text", value: .string(word())))
    }

    private mutating func contested(_ field: String, _ value: Value, _ entity: Entity) -> ChangeOperation {
        guard let cell = entity.cells[.init(field)], cell.isContested, random.percent(60) else {
            return ChangeOperation("event", .set(on: entity.id, field: field, value: value))
        }
        let closes = random.percent(80) ? cell.heads : Array(cell.heads.prefix(1))
        return ChangeOperation("event", .resolve(on: entity.id, field: field, value: value, closes: closes.map(\.stamp.id)))
    }

    /// Now and then a text that is longer than the credit or than a turn.
    private mutating func word() -> String {
        random.percent(6) ? String(repeating: "long ", count: 100 + random.below(400)) : "title \(random.below(50))"
    }
}
