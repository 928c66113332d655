import { RetainWiseError } from "../errors.ts";
import { isAnswer } from "./candidates.ts";
import { unitsOf } from "./conversion.ts";
import type { Target } from "./target.ts";

export interface GivenMapping {
  /** Target's name → position of the column. */
  readonly columns: ReadonlyMap<string, number>;
  /** Target's name → unit that the person says the values are in. */
  readonly units: ReadonlyMap<string, string>;
  /** Targets that the person says the file does not have. */
  readonly absent: ReadonlySet<string>;
  /** Names in the mapping that more than one column bears. */
  readonly duplicates: readonly string[];
}

/**
 * The person's own mapping, checked against file and model. A column is named exactly as in the header, or as `#3` by its number;
 * an empty name says that the file has no such column. Throws `mapping_invalid`.
 */
export function readGivenMapping(
  given: ReadonlyMap<string, string>,
  headers: readonly string[],
  targets: readonly Target[],
  units: ReadonlyMap<string, string>,
): GivenMapping {
  const columns = new Map<string, number>();
  const absent = new Set<string>();
  const duplicates: string[] = [];
  const taken = new Map<number, string>();
  for (const [name, column] of given) {
    const target = targets.find((each) => each.name === name);
    if (target === undefined) throw invalid(`The model has no feature named ${quoted(name)}.`);
    if (column.trim() === "") {
      absent.add(name);
      continue;
    }
    if (isAnswer(target)) throw invalid(`${name} is not an input of the model and needs no mapping.`);
    const index = findColumn(headers, column);
    if (index < 0) throw invalid(`The file has no column named ${quoted(column)} (for ${name}).`);
    if (headers.filter((header) => header === column).length > 1) duplicates.push(column);
    const other = taken.get(index);
    if (other !== undefined) throw invalid(`The column ${quoted(column)} is given for both ${other} and ${name}.`);
    taken.set(index, name);
    columns.set(name, index);
  }
  for (const [name, unit] of units) checkUnit(name, unit, columns, targets);
  return { columns, units, absent, duplicates };
}

function checkUnit(name: string, unit: string, columns: ReadonlyMap<string, number>, targets: readonly Target[]): void {
  const feature = targets.find((each) => each.name === name)?.feature ?? null;
  if (feature === null) throw invalid(`The model has no feature named ${quoted(name)}.`);
  const known = unitsOf(feature);
  if (known.length === 0) throw invalid(`${name} has no unit that is converted.`);
  if (!known.includes(unit)) throw invalid(`${quoted(unit)} is no unit of ${name}; there are ${known.join(", ")}.`);
  if (!columns.has(name)) throw invalid(`A unit is given for ${name}, and not which column holds it.`);
}

function findColumn(headers: readonly string[], column: string): number {
  const exact = headers.indexOf(column);
  if (exact >= 0) return exact;
  const trimmed = headers.findIndex((header) => header.trim() === column.trim());
  if (trimmed >= 0 || column[0] !== "#") return trimmed;
  const number = Number(column.slice(1));
  return Number.isInteger(number) && number >= 1 && number <= headers.length ? number - 1 : -1;
}

export function invalid(detail: string): RetainWiseError {
  return new RetainWiseError("mapping_invalid", detail);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
