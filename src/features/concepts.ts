import { lexicon } from "./lexicon.ts";
import type { NormalisedHeader } from "./normalise.ts";
import { editDistance, letterMask, masksNear } from "./similarity.ts";
import { splitCompound } from "./split-compound.ts";
import { isStartWord, unitMeaning } from "./words.ts";

/** What the words of a header mean, each once. */
export interface Concepts {
  readonly concepts: ReadonlySet<string>;
  /** The words after those run together were told apart. */
  readonly words: readonly string[];
  /** Typing errors that had to be assumed. */
  readonly typos: number;
  /** Whether every word is one that is known: such a header is no misspelling of another. */
  readonly known: boolean;
}

/** Words that add nothing in any header. */
const empty = new Set(
  (
    "the a an of in on my for with as at per and or to field column col crm c custom de da do di del della dei des du d l la le el les los las em en im von " +
    "van der die das fur pro par por pour au al auf als com con avec mit od como their they"
  ).split(" "),
);

/** Neighbours that are one word. */
const pairs = new Map([
  ["all time", "alltime"],
  ["life time", "lifetime"],
  ["to date", "todate"],
  ["sign up", "signup"],
  ["e bill", "ebill"],
  ["e billing", "ebilling"],
  ["e invoice", "einvoice"],
  ["paper less", "paperless"],
  ["add on", "addon"],
  ["en ligne", "enligne"],
  ["en linea", "enlinea"],
  ["y n", "yn"],
  ["j n", "yn"],
  ["s n", "yn"],
]);

const numbering = new Set("number num no nr nbr numero n".split(" "));
/** Headers of more words are no name of anything; only equality is looked for. */
const mostWords = 10;

/** The words of a header, those in brackets or after a slash as "per …". */
export function allWords({ words, units }: Pick<NormalisedHeader, "words" | "units">): string[] {
  const spoken = units.filter((unit) => unit !== "$" && unit !== "%");
  return [...words, ...spoken.flatMap((unit) => (unitMeaning(unit) === null ? [unit] : ["per", unit]))];
}

/** Words in one canonical tongue. `correct`: whether an unknown word may be a known one with a typing error. */
export function readConcepts(given: readonly string[], correct: boolean): Concepts {
  const words = splitWords(joinPairs(given));
  const concepts = new Set<string>();
  let typos = 0;
  let known = true;
  const isCount = countsSomething(words);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (empty.has(word)) continue;
    let concept = isRhythm(words, i)
      ? "month"
      : i === 0 && numbering.has(word)
        ? isCount
          ? "count"
          : "id"
        : conceptOf(word);
    if (concept === null && correct && words.length <= mostWords) {
      concept = misspelt(word);
      if (concept !== null) typos++;
    }
    if (concept === null) known = false;
    concepts.add(concept ?? word);
  }
  return { concepts, words, typos, known };
}

/** What the words that name a unit mean. */
export const unitConcepts: ReadonlySet<string> = new Set(
  "month months days weeks years quarters hours minutes cents percent thousands".split(" "),
);

function joinPairs(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const pair = i + 1 < words.length ? pairs.get(`${words[i]} ${words[i + 1]}`) : undefined;
    if (pair !== undefined) i++;
    joined.push(pair ?? words[i]!);
  }
  return joined;
}

function splitWords(words: readonly string[]): string[] {
  if (words.length > mostWords) return [...words];
  return words.flatMap((word) => {
    if (conceptOf(word) !== null || empty.has(word)) return [word];
    return splitCompound(word) ?? splitDigits(word).flatMap((part) => splitCompound(part) ?? [part]);
  });
}

/** `age65plus` is three words, and `30D` two. */
function splitDigits(word: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 1; i <= word.length; i++) {
    if (i < word.length && isDigit(word, i) === isDigit(word, i - 1)) continue;
    parts.push(word.slice(start, i));
    start = i;
  }
  return parts;
}

function isDigit(word: string, at: number): boolean {
  const code = word.charCodeAt(at);
  return code >= 48 && code <= 57;
}

const perWords = new Set("per pro par por al au im a je na".split(" "));

/** `charge per month` and `Monatsgebühr` are monthly; `billing month` and `months paid` are not. */
function isRhythm(words: readonly string[], i: number): boolean {
  if (unitMeaning(words[i]!) !== "months") return false;
  if (perWords.has(words[i - 1] ?? "")) return true;
  const next = words[i + 1] === undefined ? null : conceptOf(words[i + 1]!);
  return !words[i]!.endsWith("ths") && (next === "charge" || next === "bill" || next === "amount");
}

/** `number of lines` and `num tickets` count; `number` of `No. client` numbers. */
function countsSomething([, second, third]: readonly string[]): boolean {
  const next = second !== undefined && empty.has(second) ? third : second;
  return second === "of" || (next?.endsWith("s") ?? false);
}

function conceptOf(word: string): string | null {
  const unit = unitMeaning(word);
  if (unit !== null) return unit === "monthly" ? "month" : unit;
  if (isStartWord(word)) return "start";
  const found = lexicon.get(word);
  if (found !== undefined) return found;
  const one = word.length > 4 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : null;
  if (one !== null) return lexicon.get(one) ?? null;
  return isNumeral(word) ? word : null;
}

function isNumeral(word: string): boolean {
  for (let i = 0; i < word.length; i++) if (!isDigit(word, i)) return false;
  return word !== "";
}

const correctable = [...lexicon].filter(([word]) => word.length >= 5);
const masks = correctable.map(([word]) => letterMask(word));
const units = ["month", "months", "monthly", "yearly", "annual"];

/** The one meaning that is a typing error away, or null. */
function misspelt(word: string): string | null {
  if (word.length < 5 || word.length > 20) return null;
  const most = word.length < 9 ? 1 : 2;
  const mask = letterMask(word);
  let best = most + 1;
  let found: string | null = null;
  for (const unit of units) {
    if (editDistance(word, unit, 1) === 1) return conceptOf(unit);
  }
  for (let i = 0; i < correctable.length; i++) {
    if (!masksNear(mask, masks[i]!, most)) continue;
    const [other, concept] = correctable[i]!;
    const distance = editDistance(word, other, most);
    if (distance > most || distance > best) continue;
    if (distance === best && concept !== found) found = null;
    else if (distance < best) found = concept;
    best = Math.min(best, distance);
  }
  return found;
}
