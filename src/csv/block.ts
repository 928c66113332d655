import type { Records } from "./records.ts";

/** Records under construction: whole ones and the first cells of the unfinished one. The parser writes the cells' arrays itself. */
export interface Block {
  starts: Uint32Array;
  ends: Uint32Array;
  quoting: Uint8Array;
  /** Cells written, those of the unfinished record included. */
  cells: number;
  /** Whole records. */
  records: number;
  firstCells: Uint32Array;
  /** Also holds, at index `records`, the line of the unfinished record. */
  lines: Uint32Array;
  readonly firstRow: number;
}

/** An empty block whose first record has that row and line, with room for so many cells and records. */
export function createBlock(firstRow: number, line: number, cells = 0, records = 64): Block {
  const block = {
    starts: new Uint32Array(cells),
    ends: new Uint32Array(cells),
    quoting: new Uint8Array(cells),
    cells: 0,
    records: 0,
    firstCells: new Uint32Array(records),
    lines: new Uint32Array(records),
    firstRow,
  };
  block.lines[0] = line;
  return block;
}

/** Makes room for `cells` more cells; arrays grow geometrically, so the cost for each cell stays constant. */
export function reserveCells(block: Block, cells: number): void {
  const needed = block.cells + cells;
  if (needed <= block.starts.length) return;
  const capacity = block.starts.length === 0 ? needed : Math.max(needed, 2 * block.starts.length);
  block.starts = grown(block.starts, new Uint32Array(capacity));
  block.ends = grown(block.ends, new Uint32Array(capacity));
  block.quoting = grown(block.quoting, new Uint8Array(capacity));
}

/** Closes the unfinished record after `cells` cells; the next one starts on `line`. */
export function closeRecord(block: Block, cells: number, line: number): void {
  const next = ++block.records;
  if (next === block.lines.length) {
    block.firstCells = grown(block.firstCells, new Uint32Array(2 * next));
    block.lines = grown(block.lines, new Uint32Array(2 * next));
  }
  block.firstCells[next] = cells;
  block.lines[next] = line;
}

/** The whole records; `text` is what the cells' offsets count in. The block must not be written after this. */
export function toRecords(block: Block, text: string): Records {
  const count = block.records;
  const cells = block.firstCells[count]!;
  return {
    count,
    text,
    starts: block.starts.subarray(0, cells),
    ends: block.ends.subarray(0, cells),
    quoting: block.quoting.subarray(0, cells),
    firstCells: block.firstCells.subarray(0, count + 1),
    firstRow: block.firstRow,
    lines: block.lines.subarray(0, count),
  };
}

/**
 * A block that begins with the unfinished record of `block`, whose text now starts `shift` characters later. Pieces of one file hold about
 * as much as each other, so it is made a little larger than `block` became: arrays that grow leave their former selves behind.
 */
export function nextBlock(block: Block, shift: number): Block {
  const row = block.firstRow + block.records;
  const capacity = Math.min(block.starts.length, Math.ceil(1.25 * block.cells));
  const next = createBlock(row, block.lines[block.records]!, capacity, block.lines.length);
  const first = block.firstCells[block.records]!;
  reserveCells(next, block.cells - first);
  for (let cell = first; cell < block.cells; cell++) {
    next.starts[next.cells] = block.starts[cell]! - shift;
    next.ends[next.cells] = block.ends[cell]! - shift;
    next.quoting[next.cells] = block.quoting[cell]!;
    next.cells++;
  }
  return next;
}

function grown<Numbers extends Uint32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
