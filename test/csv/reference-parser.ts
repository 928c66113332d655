/** A slow parser of the same grammar, character by character over the whole text: what the tests compare with. */
export function referenceParse(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      let cell = "";
      if (text[at] === '"') {
        at++;
        while (text[at] !== '"' || text[at + 1] === '"') {
          if (at >= text.length) throw new Error("never closed");
          if (text[at] === '"') at++;
          cell += text[at++];
        }
        at++;
        while (text[at] === " ") at++;
        if (at < text.length && ![delimiter, "\r", "\n"].includes(text[at]!)) throw new Error("text after quote");
      } else {
        while (at < text.length && ![delimiter, "\r", "\n"].includes(text[at]!)) cell += text[at++];
      }
      row.push(cell);
      if (text[at] !== delimiter) break;
      at++;
    }
    rows.push(row);
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
  }
  return rows;
}
