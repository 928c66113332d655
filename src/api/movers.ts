/** Whose score moved most since the upload before: a part of the summary. */
import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { Change, ChangeContribution, ChangeTotals, EarlierUpload, viewComparison, viewEarlier } from "./change-view.ts";
import { explainPair, isComparable } from "./changes.ts";
import type { ComparisonsAtOnce } from "./comparisons-at-once.ts";
import type { ChangeView } from "./presented.ts";
import type { ReadonlyDeep } from "./send-json.ts";
import type { Services, Upload } from "./services.ts";
import { shareAnswers } from "./shared-answers.ts";

const { contributions: _, ...mover } = Change.entries;
export const Mover = v.strictObject({
  ...mover,
  main_feature: v.pipe(
    v.nullable(ChangeContribution),
    v.description(
      "The feature that moved the score furthest in its direction; null where no feature did, or none is known.",
    ),
  ),
});

export const Movers = v.strictObject({
  up: v.pipe(v.array(Mover), v.description("Raw score risen most, the largest first.")),
  down: v.pipe(v.array(Mover), v.description("Raw score fallen most, the largest first.")),
  counts: ChangeTotals,
});

/** What a summary gains by them. */
export const moversEntries = {
  since: v.pipe(
    v.exactOptional(v.nullable(EarlierUpload)),
    v.description("The latest completed upload before this one that a model of the same name scored."),
  ),
  movers: v.pipe(
    v.exactOptional(v.nullable(Movers)),
    v.description(
      "Customers of both uploads whose raw score moved most; GET /v1/uploads/{upload_id}/changes has all of them.",
    ),
  ),
  movers_missing: v.pipe(
    v.exactOptional(v.nullable(v.picklist(["no_earlier_upload", "too_many_rows", "busy"]))),
    v.description("Why there are none; busy: too many comparisons are under way, ask again."),
  ),
};

type Mover = ReadonlyDeep<v.InferOutput<typeof Mover>>;
type Movers = ReadonlyDeep<v.InferOutput<typeof Movers>>;

export interface MoversPart {
  readonly since: ReadonlyDeep<v.InferOutput<typeof EarlierUpload>> | null;
  readonly movers: Movers | null;
  readonly movers_missing: "no_earlier_upload" | "too_many_rows" | "busy" | null;
}

/** Found out once for all who ask meanwhile: neither upload changes any more. That both are still there is asked each time. */
export function createMovers(
  services: Services,
  atOnce: ComparisonsAtOnce,
): (tenantId: string, upload: Upload) => Promise<MoversPart> {
  const find = shareAnswers(
    (_key, tenantId: string, upload: Upload, since: Upload) => findMovers(services, atOnce, tenantId, upload, since),
    { freshMilliseconds: limits.moversFreshMilliseconds, entries: limits.moversKept },
  );
  return async (tenantId, upload) => {
    const since = await services.uploads.findEarlierUpload(tenantId, upload.uploadId);
    if (since === null) return { since: null, movers: null, movers_missing: "no_earlier_upload" };
    const part = { since: viewEarlier(since) };
    if (!isComparable(upload, since)) return { ...part, movers: null, movers_missing: "too_many_rows" };
    const key = JSON.stringify([tenantId, upload.uploadId, since.uploadId]);
    try {
      return { ...part, movers: await find(key, tenantId, upload, since), movers_missing: null };
    } catch (error) {
      // The rest of the summary waits for nobody.
      if (error instanceof RetainWiseError && error.code === "overloaded")
        return { ...part, movers: null, movers_missing: "busy" };
      throw error;
    }
  };
}

async function findMovers(
  services: Services,
  atOnce: ComparisonsAtOnce,
  tenantId: string,
  upload: Upload,
  since: Upload,
): Promise<Movers> {
  const ids = { uploadId: upload.uploadId, sinceId: since.uploadId };
  const { up, down, counts } = await atOnce(() => services.uploads.findMovers(tenantId, ids, limits.moversShown));
  const explained = await explainPair(services, upload, since, [...up, ...down]);
  const movers = explained.changes.map(viewMover);
  return {
    up: movers.slice(0, up.length),
    down: movers.slice(up.length),
    counts: viewComparison(upload, since, explained, counts).counts!,
  };
}

function viewMover({ contributions, ...change }: ChangeView): Mover {
  const main = contributions.find(({ contribution }) => contribution * change.change > 0);
  return { ...change, main_feature: main ?? null };
}
