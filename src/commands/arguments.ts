/** The command line, parsed once; a mistake names itself and exits with 2. */
import { parseArgs } from "node:util";
import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import type { KeyArguments } from "./keys.ts";
import type { ScoreArguments } from "./score.ts";

export type Command =
  | { readonly name: "serve" | "api" | "worker"; readonly canary: boolean }
  | ({ readonly name: "score" } & ScoreArguments)
  | { readonly name: "demo"; readonly exit: boolean }
  | { readonly name: "healthcheck" | "dlq list" }
  | { readonly name: "dlq redrive"; readonly code: string | null }
  | { readonly name: "migrate" | "tenant list" | "key list" }
  | { readonly name: "status"; readonly tenant: string | null }
  | { readonly name: "tenant create"; readonly tenantName: string }
  | ({ readonly name: "key create" } & KeyArguments)
  | { readonly name: "key revoke"; readonly keyId: string }
  | { readonly name: "template"; readonly template: string | null }
  | { readonly name: "model verify" | "model show"; readonly folder: string }
  | { readonly name: "model sign"; readonly folder: string; readonly key: string }
  | { readonly name: "help" };

const options = {
  out: { type: "string" },
  rejected: { type: "string" },
  shap: { type: "boolean" },
  model: { type: "string" },
  map: { type: "string", multiple: true },
  unit: { type: "string", multiple: true },
  set: { type: "string", multiple: true },
  "header-row": { type: "string" },
  delimiter: { type: "string" },
  decimal: { type: "string" },
  "as-of": { type: "string" },
  "no-explain": { type: "boolean" },
  code: { type: "string" },
  tenant: { type: "string" },
  name: { type: "string" },
  "expires-days": { type: "string" },
  key: { type: "string" },
  exit: { type: "boolean" },
  canary: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const scoreOptions = [
  "out",
  "rejected",
  "shap",
  "model",
  "map",
  "unit",
  "set",
  "header-row",
  "delimiter",
  "decimal",
  "as-of",
  "no-explain",
];

const Delimiter = v.pipe(
  v.string(),
  v.transform((text) => ({ tab: "\t", "\\t": "\t", comma: ",", semicolon: ";", pipe: "|" })[text] ?? text),
  v.picklist([",", ";", "\t", "|"], "--delimiter must be one of , ; | tab"),
);
const Decimal = v.picklist([".", ","], "--decimal must be . or ,");
const AsOf = v.pipe(
  v.string(),
  v.isoDate("--as-of must be a day, yyyy-mm-dd"),
  v.check(isDay, "--as-of must be a day that exists"),
);
const HeaderRow = v.pipe(
  v.string(),
  v.digits("--header-row must be a whole number from 1"),
  v.transform(Number),
  v.minValue(1, "--header-row must be a whole number from 1"),
);

const Days = v.pipe(
  v.string(),
  v.digits("--expires-days must be a whole number from 1 to 3650"),
  v.transform(Number),
  v.minValue(1, "--expires-days must be a whole number from 1 to 3650"),
  v.maxValue(3_650, "--expires-days must be a whole number from 1 to 3650"),
);
/** It stands in a line of a list: no line ends, nothing that a terminal obeys. */
const plainName = /^(?!\s)[^\p{Cc}\p{Cs}]{1,200}$/u;
const TenantName = v.pipe(v.string(), v.regex(plainName, "tenant create takes a name of 1 to 200 plain characters"));
const KeyName = v.pipe(v.string(), v.regex(plainName, "--name must be 1 to 200 plain characters"));
const TenantId = v.pipe(v.string(), v.uuid("--tenant must be the id of a tenant: tenant list shows them"));

export function parseCommand(given: readonly string[]): Command {
  const { values, positionals } = parse(given);
  const [command = "serve", ...rest] = positionals;
  if (values.help === true || command === "help") return { name: "help" };
  const only = (allowed: readonly string[]): void => {
    const stray = Object.keys(values).find((option) => !allowed.includes(option));
    if (stray !== undefined) throw new RetainWiseError("usage", `${command} has no option --${stray}.`);
  };
  const one = (what: string): string => {
    if (rest.length !== 1) throw new RetainWiseError("usage", `${command} takes exactly one ${what}.`);
    return rest[0]!;
  };
  switch (command) {
    case "serve":
    case "api":
    case "worker":
      // The canary comes in by the API.
      only(command === "worker" ? [] : ["canary"]);
      if (rest.length > 0) throw new RetainWiseError("usage", `${command} takes no ${rest[0]}.`);
      return { name: command, canary: values.canary === true };
    case "healthcheck":
      only([]);
      if (rest.length > 0) throw new RetainWiseError("usage", `${command} takes no ${rest[0]}.`);
      return { name: command };
    case "migrate":
      only([]);
      if (rest.length > 0) throw new RetainWiseError("usage", `migrate takes no ${rest[0]}.`);
      return { name: "migrate" };
    case "status":
      only(["tenant"]);
      if (rest.length > 0) throw new RetainWiseError("usage", `status takes no ${rest[0]}.`);
      return { name: "status", tenant: values.tenant === undefined ? null : take(TenantId, values.tenant) };
    case "tenant": {
      only([]);
      const verb = rest.shift();
      if (verb === "list" && rest.length === 0) return { name: "tenant list" };
      if (verb === "create") return { name: "tenant create", tenantName: take(TenantName, one("name")) };
      throw new RetainWiseError("usage", "tenant takes list, or create NAME.");
    }
    case "key": {
      const verb = rest.shift();
      only(verb === "create" ? ["tenant", "name", "expires-days"] : []);
      if (verb === "list" && rest.length === 0) return { name: "key list" };
      if (verb === "revoke") return { name: "key revoke", keyId: one("key id") };
      if (verb === "create" && rest.length === 0) return keyCommand(values);
      throw new RetainWiseError("usage", "key takes create, list, or revoke ID.");
    }
    case "demo":
      only(["exit"]);
      return { name: "demo", exit: values.exit === true };
    case "template":
      only([]);
      return { name: "template", template: rest.length === 0 ? null : one("template name") };
    case "model": {
      const verb = rest.shift();
      only(verb === "sign" ? ["key"] : []);
      if (verb === "sign") {
        if (values.key === undefined) throw new RetainWiseError("usage", "model sign needs --key FILE.");
        return { name: "model sign", folder: one("folder"), key: values.key };
      }
      if (verb !== "verify" && verb !== "show")
        throw new RetainWiseError("usage", "model takes verify DIR, show DIR or sign DIR --key FILE.");
      return { name: `model ${verb}`, folder: one("folder") };
    }
    case "dlq": {
      const verb = one("verb: list or redrive");
      if (verb !== "list" && verb !== "redrive") throw new RetainWiseError("usage", "dlq takes list or redrive.");
      only(verb === "redrive" ? ["code"] : []);
      return verb === "list" ? { name: "dlq list" } : { name: "dlq redrive", code: values.code ?? null };
    }
    case "score":
      only(scoreOptions);
      return scoreCommand(one("file"), values);
    default:
      throw new RetainWiseError("usage", `There is no command ${command}.`);
  }
}

type Values = ReturnType<typeof parse>["values"];

function take<const S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new RetainWiseError("usage", `${result.issues[0].message}.`);
}

function keyCommand(values: Values): Command {
  return {
    name: "key create",
    tenant: values.tenant === undefined ? null : take(TenantId, values.tenant),
    keyName: values.name === undefined ? "" : take(KeyName, values.name),
    expiresDays: values["expires-days"] === undefined ? null : take(Days, values["expires-days"]),
  };
}

function scoreCommand(file: string, values: Values): Command {
  return {
    name: "score",
    file,
    out: values.out ?? null,
    rejected: values.rejected ?? null,
    shap: values.shap === true,
    explain: values["no-explain"] !== true,
    options: {
      ...(values.model === undefined ? {} : { model: values.model }),
      ...(values.map === undefined
        ? {}
        : { mapping: Object.fromEntries(values.map.map(parsePair("--map", "COLUMN"))) }),
      ...(values.unit === undefined ? {} : { units: Object.fromEntries(values.unit.map(parsePair("--unit", "UNIT"))) }),
      ...(values.set === undefined
        ? {}
        : { constants: Object.fromEntries(values.set.map(parsePair("--set", "VALUE"))) }),
      ...(values["header-row"] === undefined ? {} : { headerRow: take(HeaderRow, values["header-row"]) }),
      ...(values.delimiter === undefined ? {} : { delimiter: take(Delimiter, values.delimiter) }),
      ...(values["as-of"] === undefined ? {} : { asOf: take(AsOf, values["as-of"]) }),
      ...(values.decimal === undefined ? {} : { decimal: take(Decimal, values.decimal) }),
    },
  };
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function parsePair(option: string, value: string) {
  return (text: string): [string, string] => {
    const at = text.indexOf("=");
    if (at < 1) throw new RetainWiseError("usage", `${option} takes FEATURE=${value}, not ${text}.`);
    return [text.slice(0, at), text.slice(at + 1)];
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.split(". ")[0] : String(cause);
    throw new RetainWiseError("usage", `${detail}.`, { cause });
  }
}
