import { lexicon } from "./lexicon.ts";

/**
 * Letters of other alphabets that no eye tells from Latin ones, and these (a selection of the single-letter entries of Unicode's
 * confusables.txt, UTS #39, for Cyrillic, Greek, Armenian, Cherokee and the phonetic letters).
 */
const pairs: readonly (readonly [from: string, to: string])[] = [
  ["абеёікмнорстухцѕјԁԛԝһґѵӏэ", "abeeikmhopctyxusjdqwhrvl3"],
  ["αβγεηικνορτυχωϲϳ", "abyenikvoptuxwcj"],
  ["օսոհցզ", "ounhgq"],
  ["ɑɡɩɪʀʏ", "agiiry"],
];
const latin = new Map<string, string>();
for (const [from, to] of pairs) [...from].forEach((letter, i) => void latin.set(letter, to[i]!));

/** Digits that stand in for letters. */
const digits = new Map([
  ["0", "o"],
  ["1", "l"],
]);

export interface Lookalike {
  /** The word as it looks. */
  readonly word: string;
  /** The character that is not what it seems. */
  readonly character: string;
}

/** What a lower-case word pretends to be, when every letter of it looks Latin and at least one is not; otherwise null. */
export function lookalikeOf(word: string): Lookalike | null {
  let out = "";
  let strange = "";
  let digit = "";
  for (const character of word) {
    const other = latin.get(character);
    if (other !== undefined) strange = strange === "" ? character : strange;
    else if (digits.has(character)) digit = digit === "" ? character : digit;
    else if (character > "\u007f") return null;
    out += other ?? character;
  }
  if (strange !== "") return { word: out, character: strange };
  if (digit === "" || word.length < 4) return null;
  const spelt = [...word].map((character) => digits.get(character) ?? character).join("");
  return lexicon.has(spelt) && !isDigits(word) ? { word: spelt, character: digit } : null;
}

function isDigits(word: string): boolean {
  for (const character of word) if (!digits.has(character)) return false;
  return true;
}
