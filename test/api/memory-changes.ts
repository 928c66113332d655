import type { ExplainedChanges } from "../../src/api/presented.ts";
import type { ChangedCustomer, StoredPrediction, Upload, UploadStore } from "../../src/api/services.ts";

type ChangeVerbs = Pick<UploadStore, "findEarlierUpload" | "compareUploads" | "findMovers">;

/** What the database finds out by SQL, from predictions in memory and by a way of its own: a list of rows for each id. */
export function memoryChanges(
  uploads: ReadonlyMap<string, Upload>,
  predictions: ReadonlyMap<string, readonly StoredPrediction[]>,
): ChangeVerbs {
  const change = ({ now, before }: ChangedCustomer): number => now.rawScore - before.rawScore;
  const compare = (uploadId: string, sinceId: string) => {
    const now = byId(predictions.get(uploadId) ?? []);
    const before = byId(predictions.get(sinceId) ?? []);
    const both = [...now].filter(([id]) => id !== null && before.has(id));
    const single = both.filter(([id, rows]) => rows.length === 1 && before.get(id)!.length === 1);
    const customers = single.map(([id, rows]) => ({ now: rows[0]!, before: before.get(id)![0]! }));
    return {
      customers,
      counts: {
        compared: customers.length,
        new: [...now.keys()].filter((id) => id !== null && !before.has(id)).length,
        gone: [...before.keys()].filter((id) => id !== null && !now.has(id)).length,
        ambiguous: both.length - single.length,
        withoutId: now.get(null)?.length ?? 0,
        movedUp: customers.filter((each) => change(each) > 0).length,
        movedDown: customers.filter((each) => change(each) < 0).length,
        tierChanges: customers.filter((each) => each.now.tier !== each.before.tier).length,
      },
    };
  };
  const sizes = { increase: change, decrease: (each: ChangedCustomer) => -change(each) };
  const sorted = (customers: readonly ChangedCustomer[], size: (each: ChangedCustomer) => number) =>
    customers.toSorted((a, b) => size(b) - size(a) || a.now.row - b.now.row);
  return {
    async findEarlierUpload(tenant, uploadId) {
      const all = [...uploads.values()].filter((upload) => upload.tenantId === tenant);
      const place = all.findIndex((upload) => upload.uploadId === uploadId);
      const model = all[place]?.model?.name;
      return (
        all.slice(0, place).findLast((upload) => upload.status === "completed" && upload.model?.name === model) ?? null
      );
    },
    async compareUploads(_tenant, { uploadId, sinceId }, { limit, cursor, order, row = null }) {
      const { customers: all, counts } = compare(uploadId, sinceId);
      const customers = all.filter(({ now }) => row === null || now.row === row);
      const size = order === "size" ? (each: ChangedCustomer) => Math.abs(change(each)) : sizes[order];
      const from = cursor === null ? 0 : Number(cursor);
      const next = from + limit < customers.length ? String(from + limit) : null;
      return { customers: sorted(customers, size).slice(from, from + limit), nextCursor: next, counts };
    },
    async findMovers(_tenant, { uploadId, sinceId }, count) {
      const { customers, counts } = compare(uploadId, sinceId);
      const most = (size: (each: ChangedCustomer) => number) =>
        sorted(
          customers.filter((each) => size(each) > 0),
          size,
        ).slice(0, count);
      return { up: most(sizes.increase), down: most(sizes.decrease), counts };
    },
  };
}

function byId(predictions: readonly StoredPrediction[]): Map<string | null, StoredPrediction[]> {
  const rows = new Map<string | null, StoredPrediction[]>();
  for (const each of predictions) rows.set(each.customerId, [...(rows.get(each.customerId) ?? []), each]);
  return rows;
}

/** As if the model had one feature that moves anything. */
export function memorySplit(customers: readonly ChangedCustomer[], unavailable: string | null): ExplainedChanges {
  const contributionsOf = (change: number, now: StoredPrediction, before: StoredPrediction) => [
    {
      feature: "tenure",
      label: "Tenure",
      value: now.values[0]!,
      previous_value: before.values[0]!,
      contribution: change,
    },
  ];
  return {
    split:
      unavailable === null
        ? { status: "ok", code: null, detail: null }
        : { status: "unavailable", code: "model_unavailable", detail: unavailable },
    missingFeatures: [],
    changes: customers.map(({ now, before }) => {
      const change = now.rawScore - before.rawScore;
      return {
        customer_id: now.customerId,
        row: now.row,
        previous_row: before.row,
        churn_probability: now.probability,
        previous_churn_probability: before.probability,
        raw_score: now.rawScore,
        previous_raw_score: before.rawScore,
        change,
        risk_tier: now.tier,
        previous_risk_tier: before.tier,
        explanation_status: unavailable === null ? "ok" : "unavailable",
        contributions: unavailable === null ? contributionsOf(change, now, before) : [],
        model_contribution: unavailable === null ? 0 : null,
        additivity_error: unavailable === null ? 0 : null,
      };
    }),
  };
}
