import { createDecoder, detectEncoding, type Encoding } from "../csv/encoding.ts";
import { EncodingError } from "../csv/encoding-error.ts";
import { sniffContent } from "../csv/sniff.ts";
import { RetainWiseError } from "../errors.ts";
import { refuseCardNumbersInHead } from "./refuse-card-numbers.ts";

/**
 * Looks at a file's first bytes before anything is stored: cheap enough for the supervisor thread. `whole` says that there are no more.
 * Throws `not_csv`, `no_header`, `card_numbers`, and for a whole file `empty_file` and `no_data_rows`; what only the whole content shows is the job's to find.
 */
export function inspectHead(head: Uint8Array, whole: boolean): void {
  const content = sniffContent(head);
  if (content.kind === "empty") {
    // What stands below the head may be anything, but no column names.
    if (!whole)
      throw new RetainWiseError(
        "no_header",
        `The first ${head.length.toLocaleString("en")} bytes hold nothing but white space; the column names belong at the top.`,
      );
    throw new RetainWiseError(
      "empty_file",
      head.length === 0 ? "The file has 0 bytes." : "The file has nothing in it but white space.",
    );
  }
  if (content.kind !== "text") throw new RetainWiseError("not_csv", `This is ${content.name}, not a CSV.`);
  const text = decode(head);
  if (whole && text !== undefined && isOneLine(text)) {
    throw new RetainWiseError(
      "no_data_rows",
      "The file has one line: column names perhaps, but no customers below them.",
    );
  }
  if (text !== undefined) refuseCardNumbersInHead(text);
}

/** Whether there is at most one line with something on it. */
function isOneLine(text: string): boolean {
  const trimmed = text.trim();
  return !trimmed.includes("\n") && !trimmed.includes("\r");
}

/** Undefined where the bytes are not text after all: the job says so, with the place. */
function decode(head: Uint8Array): string | undefined {
  let encoding: Encoding | null = detectEncoding(head);
  while (encoding !== null) {
    try {
      return createDecoder(encoding).push(head);
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      encoding = error.fallback === encoding ? null : error.fallback;
    }
  }
  return undefined;
}
