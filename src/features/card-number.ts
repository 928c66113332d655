import { normaliseHeader } from "./normalise.ts";
import type { ColumnProfile } from "./profile.ts";

/**
 * Whether text[start, end) is a full payment card number: 13 to 19 digits, perhaps in groups, beginning as the large issuers' do (ISO/IEC 7812)
 * and with Luhn's check digit. The length goes with the issuer, since serial numbers of phones and SIM cards pass Luhn's check as well.
 */
export function isCardNumber(text: string, start: number, end: number): boolean {
  if (end - start < 13 || end - start > 23) return false;
  let digits = 0;
  let sum = 0;
  let gap = true;
  for (let i = end - 1; i >= start; i--) {
    const code = text.charCodeAt(i);
    if (code === 32 || code === 45) {
      if (gap) return false;
      gap = true;
      continue;
    }
    if (code < 48 || code > 57) return false;
    gap = false;
    const value = code - 48;
    const doubled = value > 4 ? 2 * value - 9 : 2 * value;
    sum += (digits & 1) === 0 ? value : doubled;
    digits++;
  }
  return !gap && digits >= 13 && digits <= 19 && sum % 10 === 0 && isIssued(text, start, digits);
}

function isIssued(text: string, start: number, length: number): boolean {
  let prefix = 0;
  for (let i = start, taken = 0; taken < 4; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0) continue;
    prefix = prefix * 10 + digit;
    taken++;
  }
  return issuers.some(([from, to, lengths]) => prefix >= from && prefix <= to && lengths.includes(length));
}

/** First four digits, and the lengths that are issued with them. */
const issuers: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  [4000, 4999, [13, 16, 19]],
  [5100, 5599, [16]],
  [2221, 2720, [16]],
  [3400, 3499, [15]],
  [3700, 3799, [15]],
  [3000, 3059, [14]],
  [3600, 3699, [14]],
  [3800, 3999, [14]],
  [3528, 3589, [16]],
  [6011, 6011, [16, 19]],
  [6440, 6599, [16, 19]],
  [6200, 6299, [16, 17, 18, 19]],
];

/** Fewer than this may be chance: of sixteen random digits one in ten passes Luhn's check. */
const leastCards = 3;

/** Whether a column holds full card numbers: `cards` of its `filled` values are some. One is enough where the column is named so. */
export function holdsCardNumbers(header: string, cards: number, filled: number): boolean {
  if (cards === 0) return false;
  return (cards >= leastCards && cards * 10 >= filled * 9) || namesCardNumber(header);
}

/** Positions of the columns that hold full card numbers. */
export function cardNumberColumns(headers: readonly string[], profiles: readonly ColumnProfile[]): number[] {
  return profiles.flatMap(({ cards, count, blank, missing }, column) =>
    holdsCardNumbers(headers[column] ?? "", cards, count - blank - missing) ? [column] : [],
  );
}

/** Cards of shops, libraries and phones have numbers of their own. */
const otherCards = ["gift", "loyal", "member", "sim", "sd", "id", "report", "score"];

function namesCardNumber(header: string): boolean {
  const { words, key } = normaliseHeader(header);
  const isCard = words.includes("card") || key.startsWith("cardnum") || key.includes("creditcardn");
  return (isCard || key === "pan") && !words.some((word) => otherCards.some((other) => word.startsWith(other)));
}
