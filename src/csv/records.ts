/** A block of parsed records. Cells are slices of one text: none is copied until it is asked for. */
export interface Records {
  /** Number of records in the block. */
  readonly count: number;
  /** Decoded text that the offsets point into. */
  readonly text: string;
  /** Per cell: start (inclusive) and end (exclusive) in `text`, without the surrounding quotation marks. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Per cell: 0 = bare, 1 = quoted, 2 = quoted and holds doubled quotation marks. */
  readonly quoting: Uint8Array;
  /** Per record, `count + 1` entries: record r has the cells `firstCells[r]` to `firstCells[r + 1] - 1`. */
  readonly firstCells: Uint32Array;
  /** Number in the file of the block's first record, from 1; blank lines count, so it is the row a spreadsheet shows. */
  readonly firstRow: number;
  /** Per record: the physical line it starts on, from 1 (differs from the row after a quoted line break). */
  readonly lines: Uint32Array;
}

/** Number of cells of a record; a blank line is one empty bare cell. */
export function recordWidth(records: Records, record: number): number {
  return records.firstCells[record + 1]! - records.firstCells[record]!;
}

/** The cell's text, with doubled quotation marks made single. */
export function cellText(records: Records, cell: number): string {
  const raw = records.text.slice(records.starts[cell]!, records.ends[cell]!);
  return records.quoting[cell] === 2 ? raw.replaceAll('""', '"') : raw;
}

/** A whole record as strings. */
export function recordCells(records: Records, record: number): string[] {
  const cells: string[] = [];
  for (let cell = records.firstCells[record]!; cell < records.firstCells[record + 1]!; cell++)
    cells.push(cellText(records, cell));
  return cells;
}
