/** Reads result files with a reader that shares no code with ours: a plain RFC 4180 state machine over the whole text. */
export function readTable(text: string): { header: string[]; rows: Map<string, string>[] } {
  const records: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[++i]!;
      else quoted = false;
    } else if (character === '"' && cell === "") quoted = true;
    else if (character === ",") {
      records.at(-1)!.push(cell);
      cell = "";
    } else if (character === "\n") {
      records.at(-1)!.push(cell.endsWith("\r") ? cell.slice(0, -1) : cell);
      cell = "";
      records.push([]);
    } else cell += character;
  }
  if (cell !== "" || records.at(-1)!.length > 0) records.at(-1)!.push(cell);
  else records.pop();
  const [header = [], ...rows] = records;
  return { header, rows: rows.map((cells) => new Map(header.map((name, i) => [name, cells[i] ?? ""]))) };
}

/** Area under the ROC curve by ranks, ties counted half (Mann-Whitney U). */
export function areaUnderCurve(scores: readonly number[], labels: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let i = from; i < to; i++) if (labels[order[i]!]) rankSum += (from + to + 1) / 2;
    from = to;
  }
  const positives = labels.filter(Boolean).length;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
}
