import { cellText, type Records } from "../csv/records.ts";
import type { IssueCode } from "../issue-kinds.ts";
import { limits } from "../limits.ts";
import type { BlockSink } from "./block-sink.ts";
import { afterGuard } from "./cell.ts";
import type { IssueKind, IssueTally } from "./issue.ts";
import { createSeenTexts } from "./seen-texts.ts";

/** Takes the customers' ids as they are: a string from the first byte to the last. */
export interface CustomerIdColumn {
  read(sink: BlockSink): (string | null)[];
  /** The id in one record of a block. */
  at(records: Records, record: number): string | null;
}

export function createCustomerIdColumn(
  column: number | null,
  name: string | null,
  tally: IssueTally,
  capacity: number = limits.customerIdsTracked,
): CustomerIdColumn {
  const seen = createSeenTexts(capacity);
  const seenAgain = createSeenTexts(capacity);
  let extraRows = 0;
  let twice = 0;
  const say = (
    code: IssueCode,
    severity: "info" | "warning",
    message: string,
    rule: string,
    atEnd?: IssueKind["atEnd"],
  ) =>
    tally.counter({
      code,
      severity,
      column: name,
      feature: "customer_id",
      message,
      rule,
      ...(atEnd === undefined ? {} : { atEnd }),
    });
  const blank = say(
    "customer_id_missing",
    "info",
    "Some rows have no customer id; they are scored and known by their row.",
    "an id in every row",
  );
  const mangled = say(
    "id_mangled_by_spreadsheet",
    "warning",
    "Some ids are in scientific notation (3.91E+16): a spreadsheet has destroyed their last digits. Export them again as text.",
    "an id with all of its digits, as text",
  );
  const number = (value: number) => value.toLocaleString("en-US");
  const repeated = say(
    "duplicate_customer_id",
    "warning",
    "Some customers are there more than once.",
    "each customer in one row",
    () => ({
      customers: twice,
      message:
        `${twice === 1 ? "1 customer is" : `${number(twice)} customers are`} there more than once, in ${number(extraRows + twice)} rows; each row is scored on ` +
        "its own and nothing is added up. Where the file has a row for each subscription, ticket or month, make it one row per customer first.",
    }),
  );
  const untracked = say(
    "customer_ids_not_compared",
    "info",
    `Only the first ${number(capacity)} different ids are compared: customers that are there more than once after them are not told.`,
    "each customer in one row",
  );

  function at(records: Records, record: number): string | null {
    if (column === null) return null;
    const cell = records.firstCells[record]! + column;
    const trimmed = cell < records.firstCells[record + 1]! ? cellText(records, cell).trim() : "";
    return trimmed.slice(afterGuard(trimmed, 0, trimmed.length)) || null;
  }

  return {
    at,
    read(sink) {
      const { records, good, taken } = sink;
      const { firstRow } = records;
      const ids = new Array<string | null>(taken).fill(null);
      if (column === null) return ids;
      for (let i = 0; i < taken; i++) {
        const record = good[i]!;
        const id = at(records, record);
        if (id === null) {
          blank(firstRow + record, "");
          continue;
        }
        ids[i] = id;
        if (isScientific(id)) mangled(firstRow + record, id);
        const forgotten = seen.forgotten;
        if (seen.add(id)) {
          extraRows++;
          if (!seenAgain.add(id)) twice++;
          repeated(firstRow + record, id);
        } else if (seen.forgotten > forgotten) untracked(firstRow + record, id);
      }
      return ids;
    },
  };
}

/** Digits, perhaps a fraction, then E+ and digits. */
export function isScientific(id: string): boolean {
  const at = id.search(/[eE]\+/);
  if (at < 1 || at > 20 || id.length - at > 5) return false;
  let marks = 0;
  for (let i = 0; i < id.length; i++) {
    const c = id.charCodeAt(i);
    if (i === at || i === at + 1) continue;
    if ((c === 46 || c === 44) && i > 0 && i < at) marks++;
    else if (c < 48 || c > 57) return false;
  }
  return marks <= 1 && id.length > at + 2;
}
