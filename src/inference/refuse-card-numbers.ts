/**
 * Files with full card numbers are refused: whoever keeps such a file falls under the card industry's rules (PCI DSS), and no model needs one. The
 * head is looked at before anything is stored, the whole file before anything is scored. No message shows a number.
 */
import { detectDialect } from "../csv/dialect.ts";
import { headRecords } from "../csv/head-records.ts";
import { RetainWiseError } from "../errors.ts";
import { cardNumberColumns, holdsCardNumbers, isCardNumber } from "../features/card-number.ts";
import type { ColumnProfile } from "../features/profile.ts";

/** By the profiles of the whole file. Throws `card_numbers`. */
export function refuseCardNumbers(headers: readonly string[], profiles: readonly ColumnProfile[]): void {
  const columns = cardNumberColumns(headers, profiles);
  if (columns.length > 0) throw refusal(columns.map((column) => headers[column]!));
}

/** Enough records to tell a column of card numbers from chance. */
const headRows = 300;

/** By a file's first text, cut anywhere. Throws `card_numbers`. */
export function refuseCardNumbersInHead(text: string): void {
  if (!mayHoldCardNumber(text)) return;
  const { delimiter, headerRow } = detectDialect(text);
  const { records } = headRecords(text, delimiter, headRows);
  const headers = records[headerRow - 1] ?? [];
  const found = headers.filter((header, column) => {
    const cells = records.slice(headerRow).flatMap((record) => {
      const cell = (record[column] ?? "").trim();
      return cell === "" ? [] : [cell.startsWith("'") ? cell.slice(1) : cell];
    });
    return holdsCardNumbers(header, cells.filter((cell) => isCardNumber(cell, 0, cell.length)).length, cells.length);
  });
  if (found.length > 0) throw refusal(found);
}

function refusal(columns: readonly string[]): RetainWiseError {
  const names = columns.map((column) => JSON.stringify(column)).join(", ");
  const detail = `${columns.length === 1 ? "The column" : "The columns"} ${names} ${columns.length === 1 ? "holds" : "hold"} full payment card numbers, which we do not take.`;
  const issues = columns.map((column) => ({ code: "card_numbers", detail, column }));
  return new RetainWiseError("card_numbers", detail, { issues });
}

/** A cheap look that most files end with: thirteen digits in a row, or with single gaps. */
function mayHoldCardNumber(text: string): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      if (++digits === 13) return true;
    } else if (code !== 32 && code !== 45) digits = 0;
  }
  return false;
}
