import { errorKinds } from "../../src/error-kinds.ts";
import type { RetainWiseError } from "../../src/errors.ts";
import type { Inference } from "../../src/inference/client.ts";
import type { ScoreEvent } from "../../src/inference/score-file.ts";
import { limits } from "../../src/limits.ts";
import { parseAll } from "../csv/parse-all.ts";
import type { HostileFile } from "./hostile-file.ts";

/** How a file ended, and what of it must not be. */
export interface Ending {
  /** `completed`, `needs_mapping`, or the code of the refusal. */
  readonly end: string;
  readonly milliseconds: number;
  readonly fault: string | null;
}

export interface Patience {
  /** An end must come within this. */
  readonly milliseconds: number;
}

/** One customer whose probability the thread is asked for after each file. */
const witness = { tenure_months: 3, monthly_charges: 70, contract: "One year" };

/** Sends one file through the inference thread, judges what comes out, and asks the thread whether it still answers. */
export async function meetFile(
  inference: Inference,
  model: string,
  file: HostileFile,
  { milliseconds: most }: Patience,
): Promise<Ending> {
  const events: ScoreEvent[] = [];
  const began = performance.now();
  const tooLong = new AbortController();
  const timer = setTimeout(() => tooLong.abort(new Error("no end in time")), most);
  let end: string;
  let fault: string | null;
  try {
    await inference.scoreFile({
      model,
      open: () => pieces(file),
      options: { ...file.options, bytes: file.bytes.length },
      onEvent: (event) => void events.push(event),
      signal: tooLong.signal,
    });
    end = events.at(-1)?.type === "end" ? "completed" : "needs_mapping";
    fault = faultOfEvents(events);
  } catch (error) {
    end = isOurs(error) ? error.code : "unknown";
    fault = tooLong.signal.aborted ? `no end within ${most} ms` : faultOfError(error);
  } finally {
    clearTimeout(timer);
  }
  const milliseconds = performance.now() - began;
  fault ??= await faultOfThread(inference, model, file, most);
  return { end, milliseconds, fault };
}

async function* pieces({ bytes, pieceBytes }: HostileFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** A refusal has a code of the list whose fault is the file's, and words that can be stored. */
function faultOfError(error: unknown): string | null {
  if (!isOurs(error)) return `threw ${String(error)}`;
  if (!(error.code in errorKinds) || errorKinds[error.code].fault !== "client") {
    const cause = error.cause instanceof Error ? `\n${error.cause.name} ${error.cause.stack}` : "";
    return `${error.code}: ${error.detail}${cause}`;
  }
  return faultOfTexts({ detail: error.detail, issues: error.issues });
}

/** By name: the thread of a planted tree throws that tree's class. */
const isOurs = (error: unknown): error is RetainWiseError =>
  error instanceof Error && error.name === "RetainWiseError" && "code" in error;

/** Every row once and in order, counted rightly; probabilities that are such; texts that a database takes. */
function faultOfEvents(events: readonly ScoreEvent[]): string | null {
  const reports = events.filter((event) => event.type === "report");
  if (reports.length !== 1) return `${reports.length} reports`;
  const end = events.find((event) => event.type === "end");
  if ((end === undefined) !== (reports[0]!.blocked !== null)) return "neither scored nor asked, or both";
  const chunks = events.filter((event) => event.type === "chunk");
  const predictions = chunks.flatMap((chunk) => chunk.predictions);
  const rejections = chunks.flatMap((chunk) => chunk.rejections);
  if (end !== undefined) {
    const { read, scored, rejected } = end.rows;
    if (read !== scored + rejected || read === 0) return `${read} rows are not ${scored} and ${rejected}`;
    const csv = faultOfFiles(events, scored, rejected);
    if (csv !== null && csv !== "") return csv;
    if (csv === null && (predictions.length !== scored || rejections.length !== rejected))
      return "rows are missing or too many";
  }
  const rows = [...predictions, ...rejections].map(({ row }) => row);
  if (new Set(rows).size !== rows.length) return "a row stands there twice";
  if (predictions.some(({ row }, i) => i > 0 && row <= predictions[i - 1]!.row)) return "rows out of order";
  if (rejections.some(({ error }) => error.length > 10_000)) return "a row's error is longer than anybody reads";
  if (predictions.some(({ probability }) => !(probability >= 0 && probability <= 1))) return "no probability";
  return faultOfTexts(events);
}

/** Of the written files, null where there are none and "" where nothing is wrong: they are read back, one row for each of the file's. */
function faultOfFiles(events: readonly ScoreEvent[], scored: number, rejected: number): string | null {
  const parts = events.filter((event) => event.type === "csv");
  if (parts.length === 0) return null;
  for (const [name, count] of [
    ["results", scored],
    ["rejections", rejected],
  ] as const) {
    // A guard's apostrophe makes the longest cell longer.
    const generous = { cellCharacters: 2_000_000, recordCharacters: 4_000_000 };
    const { rows, error } = parseAll([parts.map((part) => part[name]).join("")], generous);
    if (error !== null) return `${name} cannot be read: ${error}`;
    if (rows.length !== count + 1) return `${name} hold ${rows.length - 1} rows instead of ${count}`;
    if (name === "results" && rows.some(({ length }) => length !== rows[0]!.length)) return "results are ragged";
  }
  return "";
}

/** PostgreSQL takes neither half a surrogate pair nor NUL. */
function faultOfTexts(value: unknown, path = ""): string | null {
  if (typeof value === "string") {
    if (!value.isWellFormed()) return `half a surrogate pair in ${path}`;
    return value.includes("\0") ? `NUL in ${path}` : null;
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return null;
  for (const [key, each] of Object.entries(value)) {
    const fault =
      faultOfTexts(key, `${path} (key)`) ?? faultOfTexts(each, `${path}.${Array.isArray(value) ? "" : key}`);
    if (fault !== null) return fault;
  }
  return null;
}

/** The thread must say what the head of the same file could be mapped to, or refuse it by name, and score the witness. */
async function faultOfThread(
  inference: Inference,
  model: string,
  { bytes }: HostileFile,
  most: number,
): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), most);
  });
  try {
    const head = bytes.slice(0, limits.headBytes);
    const suggested = await Promise.race([
      inference.suggest(model, { bytes: head }).then((answer) => faultOfTexts(answer), faultOfError),
      late,
    ]);
    if (suggested !== null) return `the mapping is suggested: ${suggested}`;
    const answer = await Promise.race([inference.predict(model, [witness]), late]);
    if (answer === "late") return "the thread answers nothing afterwards";
    return answer.predictions.length === 1 ? null : "the thread answers wrongly afterwards";
  } catch (error) {
    return `the thread fails afterwards: ${String(error)}`;
  } finally {
    clearTimeout(timer);
  }
}
