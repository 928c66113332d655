import type { JsonSchema } from "./json-schema.ts";

/** A JSON Schema as text for people: names, types, and what they mean, indented by two spaces. References are written out in place. */
export function outlineSchema(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): string {
  return outline(schema, "");

  function outline(given: JsonSchema, indent: string): string {
    const current = resolved(given);
    const options = asSchemas(current.anyOf ?? current.oneOf);
    if (options.length > 0) return [...new Set(options.map((option) => outline(option, indent)))].join(" | ");
    if (Array.isArray(current.enum)) return current.enum.map((value) => JSON.stringify(value)).join(" | ");
    if ("const" in current) return JSON.stringify(current.const);
    if (current.type === "array") return `[${outline(asSchema(current.items), indent)}, …]`;
    if (current.type === "object") return outlineObject(current, indent);
    if (current.type === undefined) return "anything";
    return String(current.format ?? current.type);
  }

  function outlineObject(schema: JsonSchema, indent: string): string {
    const inner = `${indent}  `;
    const required = Array.isArray(schema.required) ? schema.required : [];
    const properties = Object.entries(asSchema(schema.properties)).map(([name, property]) => {
      const entry = asSchema(property);
      const about = entry.description ?? resolved(entry).description;
      const comment = about === undefined ? "" : `  // ${String(about)}`;
      const text = `${inner}${name}${required.includes(name) ? "" : "?"}: ${outline(entry, inner)}`;
      const lineEnd = text.indexOf("\n");
      // A comment belongs to the line that names the field.
      return lineEnd < 0 ? text + comment : text.slice(0, lineEnd) + comment + text.slice(lineEnd);
    });
    const others = asSchema(schema.additionalProperties);
    if (Object.keys(others).length > 0) properties.push(`${inner}<name>: ${outline(others, inner)}`);
    return properties.length === 0 ? "{ … }" : `{\n${properties.join("\n")}\n${indent}}`;
  }

  function resolved(schema: JsonSchema): JsonSchema {
    const reference = schema.$ref;
    return typeof reference === "string" ? (components[reference.slice(reference.lastIndexOf("/") + 1)] ?? {}) : schema;
  }
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function asSchemas(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.map(asSchema) : [];
}
