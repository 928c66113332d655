/** The inference thread's side of a job: reads the file, emits what the real one emits, can be aborted, and dies of a poisonous file. */
import { RetainWiseError } from "../../src/errors.ts";
import type { Inference, ScoreRequest } from "../../src/inference/client.ts";
import type { Clock } from "../../src/jobs/clock.ts";
import type { UploadReport } from "../../src/store/upload.ts";
import { type CustomerFile, isRejected, predictionOf, rejectionOf, rowsOf } from "./customer-file.ts";
import type { Dice } from "./dice.ts";

export interface StoredFile extends CustomerFile {
  /** Tenant and upload, as rows name them. */
  readonly owner: string;
}

export interface SimulatedInferenceDeps {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly kill: (why: string) => void;
}

const report: UploadReport = {
  csv: null,
  columns: [],
  mapping: [],
  unmapped_columns: [],
  missing_features: [],
  questions: [],
  issues: [],
  issues_truncated: false,
  problems: [],
  not_scored: { customers: 0, monthly_revenue: 0, revenue_known_for: 0 },
};

export function createSimulatedInference(deps: SimulatedInferenceDeps): Pick<Inference, "scoreFile"> {
  const compute = (seconds: number): Promise<void> => new Promise((go) => deps.clock.after(seconds * 1_000, go));

  const score = async ({ open, options, onEvent, signal }: ScoreRequest): Promise<void> => {
    const emit = async (event: Parameters<typeof onEvent>[0], seconds: number): Promise<void> => {
      await compute(seconds);
      signal?.throwIfAborted();
      await onEvent(event);
      signal?.throwIfAborted();
    };
    const file = await read(open());
    if (file.kind === "poison") deps.kill("poison");
    await emit({ type: "progress", share: 0.1, rows: 1 }, deps.dice());
    const blocked =
      file.kind === "question" && options.mapping === undefined
        ? { code: "required_columns_missing" as const, detail: "tenure" }
        : null;
    await emit({ type: "report", report, blocked }, deps.dice());
    if (blocked !== null) return;
    if (file.kind === "endless") await compute(100_000);

    const all = rowsOf(file);
    for (const [number, rows] of all.entries()) {
      const slow = file.kind === "slow" && number === all.length - 1;
      const share = (number + 1) / all.length;
      const predictions = rows.filter((row) => !isRejected(file, row)).map((row) => predictionOf(file.owner, row));
      const rejections = rows.filter((row) => isRejected(file, row)).map((row) => rejectionOf(file.owner, row));
      const seconds = slow ? 30 + deps.dice() * 90 : deps.dice() * 4;
      await emit({ type: "chunk", share, rows: rows.length, predictions, rejections, work: null }, seconds);
      if (file.kind === "bad") throw new RetainWiseError("csv_malformed", "A quotation mark is never closed.");
    }
    const numbers = all.flat();
    const rejected = numbers.filter((row) => isRejected(file, row)).length;
    const rows = { read: numbers.length, scored: numbers.length - rejected, rejected };
    await emit({ type: "end", report, rows, summary: {} as never }, 0);
  };

  return {
    async scoreFile(request) {
      const { signal } = request;
      signal?.throwIfAborted();
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
      await Promise.race([score(request), aborted]);
    },
  };
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<StoredFile> {
  let text = "";
  for await (const piece of bytes) text += new TextDecoder().decode(piece);
  return JSON.parse(text);
}
