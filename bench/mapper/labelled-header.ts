import { readFileSync } from "node:fs";
import { createParser } from "../../src/csv/parser.ts";
import { recordCells } from "../../src/csv/records.ts";

/** One row of a list of labelled headers (canonical, header, verdict, note). */
export interface LabelledHeader {
  /** Feature or known column that the header is, may be, or must not be taken for. */
  readonly canonical: string;
  readonly header: string;
  /** map: it is that · ambiguous: only a person can say · reject: it looks like it and is not. */
  readonly verdict: "map" | "ambiguous" | "reject";
}

export function readLabelledHeaders(file: string): LabelledHeader[] {
  const parser = createParser({ delimiter: "," });
  const blocks = [parser.push(readFileSync(file, "utf8")), parser.end().records];
  const rows = blocks.flatMap((block) => Array.from({ length: block.count }, (_, i) => recordCells(block, i)));
  return rows.slice(1).map(([canonical = "", header = "", verdict = ""], i) => {
    if (verdict !== "map" && verdict !== "ambiguous" && verdict !== "reject")
      throw new Error(`${file}: row ${i + 2} has the verdict ${JSON.stringify(verdict)}`);
    return { canonical, header, verdict };
  });
}
