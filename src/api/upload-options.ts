import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { UploadOptions } from "../store/upload.ts";
import { parseRequest } from "./parse-request.ts";
import { plainText, wholeNumber } from "./request-values.ts";

export const delimiters = {
  ",": ",",
  comma: ",",
  ";": ";",
  semicolon: ";",
  "\t": "\t",
  "\\t": "\t",
  tab: "\t",
  "|": "|",
  pipe: "|",
} as const;
export const decimals = { ".": ".", point: ".", ",": ",", comma: "," } as const;

/** Feature → column of the customer's file. */
export const Mapping = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,63}$/, "must be the name of a feature")),
    v.pipe(plainText(limits.headerCharacters), v.minLength(1, "must name a column")),
  ),
  v.check((mapping) => Object.keys(mapping).length > 0, "must map at least one feature"),
  v.description("Feature of the model → column of the file, exactly as in its header."),
);

export const AsOf = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date, yyyy-mm-dd"),
  v.check(isCalendarDay, "must be a day that exists"),
  v.description(
    "The day that the file was made, yyyy-mm-dd: where the column given for a number of months holds dates, they are counted up to it. Never guessed.",
  ),
);

/** Feature → unit of the values in its column. */
export const Units = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,63}$/, "must be the name of a feature")),
    v.pipe(v.string(), v.regex(/^[a-z_]{1,32}$/, "must be a unit")),
  ),
  v.description(
    "Feature → unit that the values of the column given in mapping are in: of a number of months days, weeks, months, quarters or years, or date (date_day_first, date_month_first) for dates from which they are counted up to as_of; of a charge per month per_day, per_week, per_month, per_quarter, per_year, cents, cents_per_year, thousands or per_interval (each amount is for the time that another column of its row says, such as month or year); of an amount currency, cents or thousands. They are converted. Without it the unit is what the column's name says, else the feature's own.",
  ),
);

/** Feature → value of all customers. */
export const Constants = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,63}$/, "must be the name of a feature")),
    v.pipe(
      v.union([plainText(200), v.pipe(v.number(), v.finite()), v.boolean()]),
      v.transform(textOf),
      v.string(),
      v.check((text) => text.trim() !== "", "must hold a value"),
    ),
  ),
  v.description(
    "Feature → value that all customers of the file have, where no column holds it: read like a cell of the file. Of this file only; it is not remembered.",
  ),
);

/** A number of JSON is never ambiguous, and 1.125 as text would be: its point might part thousands. */
function textOf(value: string | number | boolean): string {
  return typeof value === "number" && /^-?\d+\.\d{3}$/.test(String(value)) ? `${value}0` : String(value);
}

export const ModelName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be the name of a model"),
  v.description("Name of a model (GET /v1/models); the default model otherwise."),
);

/** What may be said about a file, as form fields or query parameters: all of it is text. */
export const uploadFields = {
  model: v.exactOptional(ModelName),
  mapping: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(limits.formFieldBytes),
      v.parseJson(undefined, "must be JSON: an object of feature → column"),
      Mapping,
    ),
  ),
  units: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(limits.formFieldBytes),
      v.parseJson(undefined, "must be JSON: an object of feature → unit"),
      Units,
    ),
  ),
  constants: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(limits.formFieldBytes),
      v.parseJson(undefined, "must be JSON: an object of feature → value"),
      Constants,
    ),
  ),
  header_row: v.exactOptional(
    v.pipe(wholeNumber(1, 10_000), v.description("Row of the file, from 1, that holds the column names.")),
  ),
  delimiter: v.exactOptional(
    v.pipe(
      v.picklist(
        ["comma", "semicolon", "tab", "pipe", ",", ";", "|", "\t", "\\t"],
        "must be comma, semicolon, tab or pipe",
      ),
      v.description("What separates the cells; found out otherwise."),
    ),
  ),
  decimal: v.exactOptional(
    v.pipe(
      v.picklist([".", ",", "point", "comma"], "must be point or comma"),
      v.description("The decimal sign; found out otherwise."),
    ),
  ),
  as_of: v.exactOptional(AsOf),
  corrects: v.exactOptional(
    v.pipe(
      v.string(),
      v.uuid(),
      v.description(
        "Id of a completed upload whose rejected.csv this file is, corrected: it is read as that upload was, and its rows are merged into it by customer id, or by row where there is none. Not together with model, mapping, units or as_of.",
      ),
    ),
  ),
  priority: v.exactOptional(
    v.pipe(
      v.picklist(["low", "normal", "high"]),
      v.description("Kept with the upload; for now all are processed in the order of their arrival."),
    ),
  ),
};
const UploadFields = v.strictObject(uploadFields);

export const uploadFieldNames: readonly string[] = Object.keys(uploadFields);

/**
 * The options of an upload from query parameters and form fields, each given once. An empty one counts as absent: forms send fields that
 * were left empty. Throws `bad_request` with every problem.
 */
export function parseUploadOptions(given: readonly (readonly [name: string, value: string])[]): UploadOptions {
  const names = new Set<string>();
  for (const [name] of given) {
    if (!uploadFieldNames.includes(name))
      throw fieldError(name, `is not known; there are ${uploadFieldNames.join(", ")}`);
    if (names.has(name)) throw fieldError(name, "is given twice");
    names.add(name);
  }
  const fields = parseRequest(UploadFields, Object.fromEntries(given.filter(([, value]) => value !== "")), "parameter");
  const delimiter = fields.delimiter === undefined ? undefined : delimiters[fields.delimiter];
  const decimal = fields.decimal === undefined ? undefined : decimals[fields.decimal];
  refuseCommaTwice(delimiter, decimal);
  if (fields.corrects !== undefined) {
    const said = (["model", "mapping", "units", "as_of"] as const).find((name) => fields[name] !== undefined);
    if (said !== undefined) throw fieldError(said, "cannot be given with corrects: it is taken from the first upload");
  }
  return {
    ...(fields.model === undefined ? {} : { model: fields.model }),
    ...(fields.mapping === undefined ? {} : { mapping: fields.mapping }),
    ...(fields.units === undefined ? {} : { units: fields.units }),
    ...(fields.constants === undefined ? {} : { constants: fields.constants }),
    ...(fields.header_row === undefined ? {} : { headerRow: fields.header_row }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(fields.as_of === undefined ? {} : { asOf: fields.as_of }),
    ...(fields.corrects === undefined ? {} : { corrects: fields.corrects.toLowerCase() }),
    ...(fields.priority === undefined ? {} : { priority: fields.priority }),
  };
}

/** Throws `bad_request` where one comma is said to mean two things. */
export function refuseCommaTwice(delimiter: string | undefined, decimal: string | undefined): void {
  if (delimiter === "," && decimal === ",")
    throw fieldError("decimal", "cannot be the comma when the comma separates the cells");
}

function fieldError(name: string, detail: string): RetainWiseError {
  const parameter = name.slice(0, 100);
  return new RetainWiseError("bad_request", `${parameter} ${detail}.`, {
    issues: [{ code: "invalid", detail, parameter }],
  });
}

function isCalendarDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
