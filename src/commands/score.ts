/** `score FILE`: the whole way for one file with no server. Results to --out or stdout, progress and summary to stderr. */
import { createReadStream } from "node:fs";
import { RetainWiseError } from "../errors.ts";
import type { ScoreEvent } from "../inference/score-file.ts";
import { limits } from "../limits.ts";
import type { UploadOptions } from "../store/upload.ts";
import type { CommandContext } from "./context.ts";
import { openInput, unreadable } from "./input-file.ts";
import { openOutput } from "./output-file.ts";
import { createProgressBar } from "./progress-bar.ts";
import { describeIssues, describeMissing, describeProblems, describeSummary } from "./score-report.ts";

export interface ScoreArguments {
  /** Path, or `-` for stdin. */
  readonly file: string;
  readonly out: string | null;
  readonly rejected: string | null;
  readonly shap: boolean;
  /** False: probabilities only. */
  readonly explain: boolean;
  readonly options: UploadOptions;
}

type End = Extract<ScoreEvent, { type: "end" }>;

export async function score(context: CommandContext, given: ScoreArguments): Promise<void> {
  const input = await openInput(given.file, context.stdin);
  const results = openOutput(given.out, context.stdout);
  const rejections = openOutput(given.rejected, null);
  const bar = createProgressBar(context.stderr);
  let end: End | null = null;

  const onEvent = async (event: ScoreEvent): Promise<void> => {
    switch (event.type) {
      case "progress":
        return bar.show(event.share, event.rows, "read");
      case "report":
        if (event.blocked === null) return;
        throw new RetainWiseError(event.blocked.code, event.blocked.detail, {
          issues: event.report.questions.map(({ question }) => ({ code: event.blocked!.code, detail: question })),
        });
      case "csv":
        await results.write(event.results);
        await rejections.write(event.rejections);
        return bar.show(event.share, event.rows, "scored");
      case "end":
        end = event;
    }
  };

  try {
    const { inference, model } = await context.model(given.options.model ?? null);
    const open = () => readPieces(input.path, given.file);
    const output = given.shap ? "csv+shap" : "csv";
    const options = { ...given.options, bytes: input.bytes, output, explain: given.explain } as const;
    await inference.scoreFile({ model: model.digest, open, options, onEvent });
    bar.clear();
    const { rows, summary, report }: End = end!;
    context.stderr.write(describeProblems(report) + describeIssues(report) + describeMissing(report, model.schema));
    await rejections.commit();
    if (rows.scored === 0) {
      throw new RetainWiseError("all_rows_rejected", `All ${rows.rejected} rows were set aside.`);
    }
    await results.commit();
    context.stderr.write(describeSummary(rows, summary, model.schema, given));
  } catch (error) {
    bar.clear();
    await results.discard();
    await rejections.discard();
    throw error;
  } finally {
    await input.remove();
  }
}

/** `shown`: the path as the person gave it. */
async function* readPieces(path: string, shown: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: limits.readBytes });
  } catch (cause) {
    unreadable(shown, cause);
  }
}
