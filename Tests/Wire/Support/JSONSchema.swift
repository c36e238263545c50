import AnnalsModel
import Foundation

/// As much of JSON Schema 2020-12 as `Protocol/schemas` uses; a keyword that it does not know fails the test.
struct JSONSchema {
    private let files: [String: Value]

    /// All schemas of the folder, so that they can name each other.
    init() throws {
        var files: [String: Value] = [:]
        let folder = ProtocolFiles.folder.appending(path: "schemas")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path()) where name.hasSuffix(".json") {
            files[name] = try ProtocolFiles.value("schemas/" + name)
        }
        self.files = files
    }

    struct UnknownKeyword: Error {
        var name: String
    }

    var names: [String] { files.keys.sorted() }

    func schema(_ file: String) -> Value { files[file] ?? .null }

    func accepts(_ value: Value, _ file: String, _ definition: String? = nil) throws -> Bool {
        try accepts(value, definition.flatMap { schema(file)["$defs"]?[$0] } ?? schema(file), in: file)
    }

    private func accepts(_ value: Value, _ schema: Value, in file: String) throws -> Bool {
        if let flag = schema.bool { return flag }
        for member in schema.object ?? [] {
            guard try holds(member, schema, value, in: file) else { return false }
        }
        return true
    }

    private func holds(_ keyword: Value.Member, _ schema: Value, _ value: Value, in file: String) throws -> Bool {
        let rule = keyword.value
        switch keyword.key {
        case "$schema", "$id", "$defs", "title", "description": return true
        case "minLength": return value.string.map { $0.unicodeScalars.count >= rule.integer ?? 0 } ?? true
        case "maxLength": return value.string.map { $0.unicodeScalars.count <= rule.integer ?? 0 } ?? true
        case "$ref": return try follow(rule.string ?? "", value, in: file)
        case "type": return Self.type(of: value) == rule.string
        case "const": return value == rule
        case "enum": return rule.array?.contains(value) ?? false
        case "minimum": return value.integer.map { $0 >= rule.integer ?? 0 } ?? true
        case "maximum": return value.integer.map { $0 <= rule.integer ?? 0 } ?? true
        case "minItems": return value.array.map { $0.count >= rule.integer ?? 0 } ?? true
        case "pattern":
            let pattern = try Regex(rule.string ?? "")
            return try value.string.map { try pattern.firstMatch(in: $0) != nil } ?? true
        case "required": return (rule.array ?? []).allSatisfy { value[$0.string ?? ""] != nil }
        case "properties":
            return try (rule.object ?? []).allSatisfy { part in
                try value[part.key].map { try accepts($0, part.value, in: file) } ?? true
            }
        case "additionalProperties":
            let named = Set((schema["properties"]?.object ?? []).map(\.key))
            return try (value.object ?? []).allSatisfy { try named.contains($0.key) || accepts($0.value, rule, in: file) }
        case "propertyNames":
            return try (value.object ?? []).allSatisfy { try accepts(.string($0.key), rule, in: file) }
        case "prefixItems":
            return try zip(value.array ?? [], rule.array ?? []).allSatisfy { try accepts($0, $1, in: file) }
        case "items":
            let rest = (value.array ?? []).dropFirst(schema["prefixItems"]?.array?.count ?? 0)
            return try rest.allSatisfy { try accepts($0, rule, in: file) }
        case "oneOf":
            return try (rule.array ?? []).filter { try accepts(value, $0, in: file) }.count == 1
        default: throw UnknownKeyword(name: keyword.key)
        }
    }

    /// `file.json#/$defs/name`, either part left out.
    private func follow(_ reference: String, _ value: Value, in file: String) throws -> Bool {
        let parts = reference.split(separator: "#", omittingEmptySubsequences: false)
        let target = parts.first.map(String.init).flatMap { $0.isEmpty ? nil : $0 } ?? file
        let definition = parts.count > 1 ? parts[1].split(separator: "/").last.map(String.init) : nil
        guard files[target] != nil, definition == nil || schema(target)["$defs"]?[definition ?? ""] != nil else {
            throw UnknownKeyword(name: reference)
        }
        return try accepts(value, target, definition)
    }

    private static func type(of value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .string: "string"
        case .array: "array"
        case .members: "object"
        }
    }
}
