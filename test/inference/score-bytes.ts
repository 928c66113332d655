import { type ScoreEvent, type ScoreOptions, scoreFile } from "../../src/inference/score-file.ts";
import type { Model } from "../../src/model/load.ts";
import type { StoredPrediction, StoredRejection } from "../../src/store/upload.ts";

export interface ScoredBytes {
  readonly predictions: readonly StoredPrediction[];
  readonly rejections: readonly StoredRejection[];
  readonly report: Extract<ScoreEvent, { type: "report" }>;
  readonly end: Extract<ScoreEvent, { type: "end" }> | null;
}

/** Scores bytes without threads or files, handed over in pieces of `pieceBytes`. */
export async function scoreBytes(
  model: Model,
  bytes: Uint8Array,
  options: Partial<ScoreOptions> = {},
  pieceBytes = 100_000,
): Promise<ScoredBytes> {
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.slice(at, at + pieceBytes);
  };
  const predictions: StoredPrediction[] = [];
  const rejections: StoredRejection[] = [];
  let report: ScoredBytes["report"] | null = null;
  let end: ScoredBytes["end"] = null;
  for await (const event of scoreFile(model, open, {
    bytes: bytes.length,
    output: "rows",
    explain: true,
    ...options,
  })) {
    if (event.type === "report") report = event;
    if (event.type === "end") end = event;
    if (event.type === "chunk") {
      predictions.push(...event.predictions);
      rejections.push(...event.rejections);
    }
  }
  return { predictions, rejections, report: report!, end };
}
