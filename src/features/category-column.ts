import { cellText, type Records } from "../csv/records.ts";
import type { BlockSink } from "./block-sink.ts";
import { categoryReader } from "./category-reader.ts";
import { afterGuard } from "./cell.ts";
import type { ColumnIssues } from "./column-issues.ts";
import { type ImpliedState, noCode } from "./implied-state.ts";
import type { ColumnEncoder } from "./numeric-column.ts";
import type { Feature } from "./schema.ts";
import { createTextCache } from "./text-cache.ts";

/** Different texts of one column whose meaning is remembered; beyond it each is looked up anew. */
const remembered = 256;
/** Stands in the memory for a text that is none of the categories. */
const unknown = Number.POSITIVE_INFINITY;

export interface CategoryColumn {
  readonly feature: Exclude<Feature, { kind: "numeric" }>;
  /** Position among the model's features, and in the file's header. */
  readonly position: number;
  readonly column: number;
  readonly issues: ColumnIssues;
  /** What another feature settles, whose column is encoded first; or null. */
  readonly implied: ImpliedState | null;
}

export function createCategoryColumn({ feature, position, column, issues, implied }: CategoryColumn): ColumnEncoder {
  const read = categoryReader(feature);
  const cache = createTextCache(remembered);
  const codes = new Float64Array(remembered);

  function meaning(value: string): number {
    const trimmed = value.trim();
    return read(trimmed.slice(afterGuard(trimmed, 0, trimmed.length))) ?? unknown;
  }

  function look(records: Records, cell: number): number {
    // A text with doubled quotation marks is not what stands in the block.
    if (records.quoting[cell] === 2) return meaning(cellText(records, cell));
    const known = cache.find(records.text, records.starts[cell]!, records.ends[cell]!);
    if (known >= 0) return codes[known]!;
    const text = cellText(records, cell);
    const code = meaning(text);
    const number = cache.add(text);
    if (number >= 0) codes[number] = code;
    return code;
  }

  /** For a row on which the two do not agree: whether the other feature gave the value. One that says another thing stays, and is told. */
  function settle(
    { parent, when, code }: ImpliedState,
    sink: BlockSink,
    i: number,
    own: number,
    cell: number,
  ): boolean {
    const { records, good, features, featureCount } = sink;
    const other = features[i * featureCount + parent]!;
    if (own === unknown || Number.isNaN(other) || other === unknown) return false;
    const [record, row] = [good[i]!, records.firstRow + good[i]!];
    const value = cell < records.firstCells[record + 1]! ? cellText(records, cell).trim() : "";
    if (other !== when || !(own === noCode || Number.isNaN(own))) {
      issues.contradicted(row, value);
      return false;
    }
    features[i * featureCount + position] = code;
    issues.implied(row, value);
    return true;
  }

  return (sink: BlockSink) => {
    const { records, good, taken, features, featureCount } = sink;
    const { firstCells, firstRow } = records;
    for (let i = 0, at = position; i < taken; i++, at += featureCount) {
      const record = good[i]!;
      const cell = firstCells[record]! + column;
      const code = cell < firstCells[record + 1]! ? look(records, cell) : Number.NaN;
      features[at] = code;
      if (implied !== null) {
        const holds = features[at - position + implied.parent] === implied.when;
        if (holds !== (code === implied.code) && settle(implied, sink, i, code, cell)) continue;
      }
      if (code < unknown) continue;
      const value = cell < firstCells[record + 1]! ? cellText(records, cell).trim() : "";
      if (code === unknown) issues.unknownCategory(sink, i, firstRow + record, value);
      else issues.missing(sink, i, firstRow + record, value);
    }
  };
}
