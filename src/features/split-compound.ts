import { lexicon } from "./lexicon.ts";
import { dateWords, unitWords } from "./words.ts";

/** A word is only split into parts of at least this many letters: shorter ones stand in too many words by chance. */
const leastLetters = 3;
const mostLetters = 40;
/** Shorter words that may end a compound: `clientid`. */
const endings = ["id", "nr", "no", "tv", "hh"];

interface Node {
  readonly next: Map<number, Node>;
  ends: boolean;
}

const node = (): Node => ({ next: new Map(), ends: false });
const root = node();
for (const word of [...lexicon.keys(), ...unitWords, ...dateWords]) {
  if (word.length < leastLetters) continue;
  let at = root;
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    let next = at.next.get(code);
    if (next === undefined) {
      next = node();
      at.next.set(code, next);
    }
    at = next;
  }
  at.ends = true;
}

/**
 * Known words that were run together: `plantype`, `Vertragslaufzeit` (with the s that joins German ones); null when the word is not made of
 * known words only. The fewest parts win. O(length²), on words of at most 40 letters.
 */
export function splitCompound(word: string): string[] | null {
  if (word.length < leastLetters + 2 || word.length > mostLetters) return null;
  /** Start of the last part of the best way to come here, by position; -1 = no way. */
  const from = new Int8Array(word.length + 1).fill(-1);
  const parts = new Int8Array(word.length + 1).fill(127);
  const joined = new Uint8Array(word.length + 1);
  parts[0] = 0;
  for (let start = 0; start < word.length; start++) {
    if (parts[start] === 127) continue;
    reach(start, start, 0);
    if (start > 0 && word.charCodeAt(start) === 115) reach(start + 1, start, 1);
  }
  for (const ending of endings) {
    const start = word.length - ending.length;
    if (!word.endsWith(ending) || parts[start]! + 1 >= parts[word.length]!) continue;
    parts[word.length] = parts[start]! + 1;
    from[word.length] = start;
  }
  if (parts[word.length] === 127) return null;
  const found: string[] = [];
  for (let end = word.length; end > 0; ) {
    const start = from[end]!;
    found.unshift(word.slice(start + joined[end]!, end));
    end = start;
  }
  return found;

  function reach(begin: number, start: number, join: number): void {
    let at: Node | undefined = root;
    for (let end = begin; end < word.length; ) {
      at = at.next.get(word.charCodeAt(end++));
      if (at === undefined) return;
      if (!at.ends || parts[start]! + 1 >= parts[end]!) continue;
      parts[end] = parts[start]! + 1;
      from[end] = start;
      joined[end] = join;
    }
  }
}
