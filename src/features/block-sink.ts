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
  hasErrors(position: number): boolean;
  /** One error explains all of the row. */
  explain(position: number, error: RowError): void;
  /** Drops the rows with errors; `rejected` are rows set aside before. */
  close(customerIds: (string | null)[], rejected: RejectedRow[]): EncodedRows;
}

export function createBlockSink(
  records: Records,
  good: Uint32Array,
  taken: number,
  featureCount: number,
  /** Position and name of the feature that is charged a month, or null. */
  charge: { readonly position: number; readonly feature: string } | null = null,
): BlockSinkEnd {
  const features = new Float32Array(taken * featureCount);
  const errors = new Map<number, RowError[]>();
  const notes = new Map<number, Record<string, ValueNote>>();

  /** Null where it is unknown, where it is what is wrong, and where the row's cells are out of place. */
  function chargeOf(position: number, wrong: readonly RowError[]): number | null {
    if (charge === null || wrong.some(({ feature }) => feature === null || feature === charge.feature)) return null;
    const value = features[position * featureCount + charge.position]!;
    return Number.isNaN(value) ? null : value;
  }

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
    hasErrors: (position) => errors.has(position),
    explain(position, error) {
      errors.set(position, [error]);
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
          const [row, customerId] = [firstRow + record, customerIds[position]!];
          rejected.push({ record, row, customerId, monthlyCharge: chargeOf(position, wrong), errors: wrong });
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
