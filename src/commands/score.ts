/** `score FILE`: the whole way for one file with no server. Results to --out or stdout, progress and summary to stderr. */
import { createReadStream } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { RetainWiseError } from "../errors.ts";
import type { ScoreEvent } from "../inference/score-file.ts";
import { limits } from "../limits.ts";
import type { UploadOptions, UploadReport } from "../store/upload.ts";
import type { CommandContext } from "./context.ts";
import { openOutput } from "./output-file.ts";
import { createProgressBar } from "./progress-bar.ts";
import { describeIssues, describeSummary } from "./score-report.ts";
import { spoolStdin } from "./spool.ts";

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

export async function score(context: CommandContext, given: ScoreArguments): Promise<void> {
  const source =
    given.file === "-" ? await spoolStdin(context.stdin) : { path: given.file, remove: async () => undefined };
  const results = openOutput(given.out, context.stdout);
  const rejections = openOutput(given.rejected, null);
  const bar = createProgressBar(context.stderr);
  let report: UploadReport | null = null;
  let end: Extract<ScoreEvent, { type: "end" }> | null = null;

  const onEvent = async (event: ScoreEvent): Promise<void> => {
    switch (event.type) {
      case "progress":
        return bar.show(event.share, event.rows);
      case "report":
        report = event.report;
        if (event.blocked !== null)
          throw new RetainWiseError(event.blocked.code, event.blocked.detail, {
            issues: event.report.issues.map(toProblem),
          });
        return;
      case "csv":
        await results.write(event.results);
        await rejections.write(event.rejections);
        return bar.show(event.share, event.rows);
      case "end":
        report = event.report;
        end = event;
    }
  };

  try {
    await requireReadable(source.path);
    const { inference, model } = await context.model(given.options.model ?? null);
    const open = () => createReadStream(source.path, { highWaterMark: limits.readBytes });
    const output = given.shap ? "csv+shap" : "csv";
    const bytes = (await stat(source.path)).size;
    const options = { ...given.options, bytes, output, explain: given.explain } as const;
    await inference.scoreFile({ model: model.digest, open, options, onEvent });
    bar.clear();
    const { rows, summary } = end!;
    if (rows.scored === 0) {
      await rejections.commit();
      await results.discard();
      context.stderr.write(describeIssues(report!));
      throw new RetainWiseError("all_rows_rejected", `All ${rows.rejected} rows were set aside.`);
    }
    await results.commit();
    await rejections.commit();
    context.stderr.write(describeIssues(report!) + describeSummary(rows, summary, model.schema, given));
  } catch (error) {
    bar.clear();
    await results.discard();
    await rejections.discard();
    throw error;
  } finally {
    await source.remove();
  }
}

function toProblem(issue: UploadReport["issues"][number]) {
  return { code: issue.code, detail: issue.message, ...(issue.column === null ? {} : { column: issue.column }) };
}

async function requireReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    throw new RetainWiseError("file_unreadable", `${path} cannot be opened.`, { cause });
  }
}
