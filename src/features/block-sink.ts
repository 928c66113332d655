import type { Records } from "../csv/records.ts";
import type { EncodedRows, RejectedRow, RowError, ValueNote } from "./encoded-rows.ts";

/** Where the columns of one block put their values; position = index into `records` of the block. */
export interface BlockSink {
  readonly records: Records;
  /** Per position: the record in the block; the first `taken` entries count. */
  readonly good: Uint32Array;
  readonly taken: number;
  /** Row-major, `taken` × features. */
  readonly features: Float32Array;
  readonly featureCount: number;
  error(position: number, error: RowError): void;
  note(position: number, feature: string, note: ValueNote): void;
}

export interface BlockSinkEnd extends BlockSink {
  /** Drops the rows with errors; `rejected` are rows set aside before. */
  close(customerIds: (string | null)[], rejected: RejectedRow[]): EncodedRows;
}

export function createBlockSink(
  records: Records,
  good: Uint32Array,
  taken: number,
  featureCount: number,
): BlockSinkEnd {
  const features = new Float32Array(taken * featureCount);
  const errors = new Map<number, RowError[]>();
  const notes = new Map<number, Record<string, ValueNote>>();

  return {
    records,
    good,
    taken,
    features,
    featureCount,
    error(position, error) {
      const known = errors.get(position);
      if (known === undefined) errors.set(position, [error]);
      else known.push(error);
    },
    note(position, feature, note) {
      const known = notes.get(position);
      if (known === undefined) notes.set(position, { [feature]: note });
      else known[feature] = note;
    },
    close(customerIds, rejected) {
      const { firstRow } = records;
      const count = taken - errors.size;
      const rows = new Uint32Array(count);
      const recordIndex = new Uint32Array(count);
      const ids = errors.size === 0 ? customerIds : new Array<string | null>(count);
      const kept = new Map<number, Record<string, ValueNote>>();
      let at = 0;
      for (let position = 0; position < taken; position++) {
        const record = good[position]!;
        const wrong = errors.size === 0 ? undefined : errors.get(position);
        if (wrong !== undefined) {
          rejected.push({ record, row: firstRow + record, customerId: customerIds[position]!, errors: wrong });
          continue;
        }
        rows[at] = firstRow + record;
        recordIndex[at] = record;
        if (at !== position)
          features.copyWithin(at * featureCount, position * featureCount, (position + 1) * featureCount);
        if (errors.size > 0) ids[at] = customerIds[position]!;
        const note = notes.get(position);
        if (note !== undefined) kept.set(at, note);
        at++;
      }
      rejected.sort((a, b) => a.record - b.record);
      const encoded = count === taken ? features : features.slice(0, count * featureCount);
      return { count, features: encoded, rows, recordIndex, customerIds: ids, notes: kept, rejected };
    },
  };
}
