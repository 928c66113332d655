/** Whether a character code is white space (also the no-break and typographic spaces of spreadsheets). */
export function isSpace(code: number): boolean {
  if (code > 32 && code < 0xa0) return false;
  return (
    code === 32 ||
    (code >= 9 && code <= 13) ||
    code === 0xa0 ||
    code === 0x202f ||
    (code >= 0x2000 && code <= 0x200b) ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** The first position in [start, end) that is no space, or `end`. */
export function trimStart(text: string, start: number, end: number): number {
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  return start;
}

/** The end of the text in [start, end) without trailing space; `start` must be no space. */
export function trimEnd(text: string, start: number, end: number): number {
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

/** The position after the apostrophe that Shopify and spreadsheet guards put before text (`'007`, `'-5`). */
export function afterGuard(text: string, start: number, end: number): number {
  return end - start > 1 && text.charCodeAt(start) === 39 ? start + 1 : start;
}
