import { type Bags, bagsFor } from "./bags.ts";
import { allWords, type Concepts, readConcepts } from "./concepts.ts";
import { lookalikeOf } from "./lookalikes.ts";
import type { NeutralWords } from "./neutral-words.ts";
import { type NormalisedHeader, normaliseHeader } from "./normalise.ts";
import { letterMask } from "./similarity.ts";
import { namesOutcome, namesStartDate, unitMeaning } from "./words.ts";

/** A header with what every comparison needs. */
export interface PreparedHeader extends NormalisedHeader {
  /** Key and unit words in one. */
  readonly full: string;
  readonly mask: number;
  /** What its words mean as they are written. */
  readonly read: Concepts;
  /** The same where words that are unknown are taken for misspelt ones. */
  readonly corrected: Concepts;
  /** Of `read` and of `corrected`, by the words that are neutral. */
  readonly bags: (neutral: NeutralWords) => Bags;
  readonly correctedBags: (neutral: NeutralWords) => Bags;
  readonly outcome: boolean;
  readonly startDate: boolean;
  /** Why it is not what it looks like, for a person; the header is then prepared as it looks. */
  readonly disguise: string | null;
  /** Key as it is written, where `key` is how it looks. */
  readonly ownKey: string;
}

/** `$country_code` (Mixpanel) is read as `country_code`, unless the file has that column as well. */
export function prepareHeaders(texts: readonly string[]): PreparedHeader[] {
  const headers = texts.map(normaliseHeader);
  const keys = new Set(headers.map((header) => header.key));
  return headers.map((header) => {
    const [first, ...others] = header.words;
    const plain = first?.startsWith("$") && !keys.has(header.key.slice(1));
    return prepareHeader(plain ? { ...header, words: [first!.slice(1), ...others], key: header.key.slice(1) } : header);
  });
}

export function prepareHeader(given: NormalisedHeader): PreparedHeader {
  const { words, units, disguise } = unmask({ ...given, words: partNumberOf(given.words) });
  const key = words.join("");
  const all = [...words, ...units.filter((unit) => unit !== "$" && unit !== "%")];
  const full = all.join("");
  const spoken = allWords({ words, units });
  const read = readConcepts(spoken, false);
  const corrected = read.known ? read : readConcepts(spoken, true);
  const bags = bagsFor(read);
  return {
    words,
    units,
    key,
    full,
    mask: letterMask(full),
    read,
    corrected,
    bags,
    correctedBags: corrected === read ? bags : bagsFor(corrected),
    outcome: namesOutcome([...all, ...read.words], key),
    startDate: namesStartDate(read.words),
    disguise,
    ownKey: given.key,
  };
}

/** `Numberofdependents` is written in one word often enough. */
function partNumberOf(words: readonly string[]): readonly string[] {
  const [first, ...others] = words;
  return first?.startsWith("numberof") && first.length > 8 ? ["number", "of", first.slice(8), ...others] : words;
}

/** The header as it looks, and which of its letters are not what they seem. */
function unmask({ words, units }: Pick<NormalisedHeader, "words" | "units">) {
  let disguise: string | null = null;
  const look = (word: string) => {
    const found = lookalikeOf(word);
    if (found === null) return word;
    disguise ??= describe(found.character);
    return found.word;
  };
  return { words: words.map(look), units: units.map(look), disguise };
}

function describe(character: string): string {
  if (character <= "9") return `its name has the digit ${character} where a letter is expected`;
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return `its name has a letter that only looks like a Latin one: ${JSON.stringify(character)} is U+${code}`;
}

/** Whether the name itself says that the values are in months. */
export function saysMonths({ read, units }: PreparedHeader): boolean {
  return [...read.words, ...units].some((word) => unitMeaning(word) === "months");
}
