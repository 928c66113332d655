/** The cells of one RFC 4180 record with commas, each as it is written there, quotation marks included. */
export function splitRecord(record: string): string[] {
  const cells: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < record.length; at++) {
    const code = record.charCodeAt(at);
    if (code === 34) quoted = !quoted;
    else if (code === 44 && !quoted) {
      cells.push(record.slice(start, at));
      start = at + 1;
    }
  }
  cells.push(record.slice(start));
  return cells;
}
