/**
 * A small JSON Schema (2020-12) validator: the keywords that the generated document uses, an error for every other, so that none is passed
 * over in silence.
 */
export function schemaErrors(schema: unknown, value: unknown, document: unknown, path = ""): string[] {
  if (!isRecord(schema)) return [`${path}: the schema is no object`];
  const errors: string[] = [];
  const say = (text: string): void => void errors.push(`${path === "" ? "/" : path}: ${text}`);
  for (const [keyword, wanted] of Object.entries(schema)) {
    switch (keyword) {
      case "$ref":
        errors.push(...schemaErrors(resolve(document, String(wanted)), value, document, path));
        break;
      case "type":
        if (!hasType(value, String(wanted))) say(`is no ${wanted}`);
        break;
      case "enum":
        if (!Array.isArray(wanted) || !wanted.includes(value)) say(`is none of ${JSON.stringify(wanted)}`);
        break;
      case "const":
        if (value !== wanted) say(`is not ${JSON.stringify(wanted)}`);
        break;
      case "anyOf":
        if (!Array.isArray(wanted) || !wanted.some((each) => schemaErrors(each, value, document).length === 0))
          say("fits none of anyOf");
        break;
      case "items":
        if (Array.isArray(value))
          value.forEach((item, index) => void errors.push(...schemaErrors(wanted, item, document, `${path}/${index}`)));
        break;
      case "required":
        for (const name of Array.isArray(wanted) ? wanted : [])
          if (isRecord(value) && !(name in value)) say(`lacks ${name}`);
        break;
      case "properties":
        for (const [name, property] of Object.entries(isRecord(wanted) ? wanted : {})) {
          if (isRecord(value) && name in value)
            errors.push(...schemaErrors(property, value[name], document, `${path}/${name}`));
        }
        break;
      case "additionalProperties":
        for (const [name, item] of Object.entries(isRecord(value) ? value : {})) {
          if (isRecord(schema.properties) && name in schema.properties) continue;
          if (wanted === false) say(`holds ${name}`);
          else errors.push(...schemaErrors(wanted, item, document, `${path}/${name}`));
        }
        break;
      case "propertyNames":
        for (const name of Object.keys(isRecord(value) ? value : {}))
          errors.push(...schemaErrors(wanted, name, document, `${path}/${name}`));
        break;
      case "pattern":
        if (typeof value === "string" && !new RegExp(String(wanted), "u").test(value)) say(`does not match ${wanted}`);
        break;
      case "format":
        if (typeof value === "string" && !hasFormat(value, String(wanted))) say(`is no ${wanted}`);
        break;
      case "minimum":
        if (typeof value === "number" && value < Number(wanted)) say(`is less than ${wanted}`);
        break;
      case "maximum":
        if (typeof value === "number" && value > Number(wanted)) say(`is more than ${wanted}`);
        break;
      case "minItems":
        if (Array.isArray(value) && value.length < Number(wanted)) say(`has fewer than ${wanted}`);
        break;
      case "maxItems":
        if (Array.isArray(value) && value.length > Number(wanted)) say(`has more than ${wanted}`);
        break;
      case "minLength":
        if (typeof value === "string" && value.length < Number(wanted)) say(`is shorter than ${wanted}`);
        break;
      case "maxLength":
        if (typeof value === "string" && value.length > Number(wanted)) say(`is longer than ${wanted}`);
        break;
      case "description":
      case "default":
      case "contentMediaType":
        break;
      default:
        say(`the schema has ${keyword}, which this validator does not know`);
    }
  }
  return errors;
}

export function resolve(document: unknown, reference: string): unknown {
  let current = document;
  for (const key of reference.split("/").slice(1)) current = isRecord(current) ? current[key] : undefined;
  return current;
}

function hasType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function hasFormat(value: string, format: string): boolean {
  if (format === "uuid") return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
  if (format === "date-time") return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
  return false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
