import { cutText } from "../csv/cut-text.ts";

/** A header taken apart. */
export interface NormalisedHeader {
  /** Lower-case words without accents; a leading `$` stays with its word (`$created` is not `created`). */
  readonly words: readonly string[];
  /** The words without gaps: `CustomerID`, `customer_id` and `Customer Id` are one key. */
  readonly key: string;
  /** Words in brackets or after a slash: "months" of `Tenure (months)`, "year" of `Charge/year`, "$" of `Charge ($)`. */
  readonly units: readonly string[];
}

/** Longer headers are cut here: no known name is near it, and the time stays bounded. */
const mostCharacters = 256;

/** Letters that have no decomposition in Unicode and that spelling without accents replaces. */
const plainLetters = new Map([
  ["ß", "ss"],
  ["ø", "o"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ł", "l"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["ı", "i"],
]);

const letter = /^\p{L}$/u;
const upper = /^\p{Lu}$/u;
const lower = /^\p{Ll}$/u;
const digit = /^\p{N}$/u;
const mark = /^\p{M}$/u;
/** Brackets' partners; a bracket that is never closed is punctuation. */
const closing = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/**
 * Words, key and unit words of a header: NFKC, case, accents, camelCase, spaces, underscores and punctuation do not count.
 * Letters of other alphabets stay what they are, however much they look like Latin ones.
 */
export function normaliseHeader(header: string): NormalisedHeader {
  const { outside, inside } = takeBrackets([...compatible(header)]);
  const words = splitWords(outside);
  const units = inside.flatMap((part) => splitWords(part)).filter((word) => word !== "/");
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    if (words[i] === "/") continue;
    if (words[i - 1] === "/" && i > 1 && perWords.has(words[i]!)) units.push(words[i]!);
    else if (words[i] === "$" || words[i] === "%") units.push(words[i]!);
    else kept.push(words[i]!);
  }
  return { words: kept, key: kept.join(""), units };
}

/** NFKC of the beginning. It makes up to 18 characters of one, so what it made is cut too. */
function compatible(text: string): string {
  return cutText(cutText(text, mostCharacters).normalize("NFKC"), mostCharacters);
}

/** What may follow a slash as "per …"; in `Country/Region` the slash only parts words. */
const perWords = new Set(
  "hour day week month mo quarter year yr annum hours days weeks months years mes ano mois an monat jahr".split(" "),
);

/** A cell's value as compared with categories: letters and digits only, lower case, without accents. */
export function normaliseText(value: string): string {
  const characters = [...compatible(value)];
  let out = "";
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    const nextIsDigit = digit.test(characters[i + 1] ?? "");
    if (letter.test(c) || digit.test(c)) out += fold(c);
    // "1.0" is not "10", and "-1" is not "1".
    else if ((c === "." || c === ",") && nextIsDigit && digit.test(characters[i - 1] ?? "")) out += ".";
    else if ((c === "-" || c === "−") && nextIsDigit && out === "") out += "-";
  }
  return out === "" ? value.trim().toLowerCase() : out;
}

function fold(character: string): string {
  let out = "";
  for (const part of character.toLowerCase().normalize("NFD"))
    if (!mark.test(part)) out += plainLetters.get(part) ?? part;
  return out;
}

function takeBrackets(characters: string[]): { outside: string[]; inside: string[][] } {
  const outside: string[] = [];
  const inside: string[][] = [];
  for (let i = 0; i < characters.length; i++) {
    const close = closing.get(characters[i]!);
    const end = close === undefined || inside.length >= 4 ? -1 : characters.indexOf(close, i + 1);
    if (end < 0) {
      outside.push(characters[i]!);
      continue;
    }
    inside.push(characters.slice(i + 1, end));
    outside.push(" ");
    i = end;
  }
  return { outside, inside };
}

/** Words of letters and digits; "/" , "%" and a `$` that leads no word are words of their own; a `#` alone is "number". */
function splitWords(characters: string[]): string[] {
  const words: string[] = [];
  let word = "";
  const close = () => {
    if (word !== "") words.push(word);
    word = "";
  };
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    const next = characters[i + 1] ?? "";
    const previous = characters[i - 1] ?? "";
    if (letter.test(c)) {
      const startsWord = upper.test(c) && (lower.test(previous) || digit.test(previous));
      const endsAcronym = upper.test(c) && upper.test(previous) && lower.test(next);
      if (startsWord || (endsAcronym && !isPlural(characters, i))) close();
      word += fold(c);
    } else if (digit.test(c)) word += c;
    else if (mark.test(c)) continue;
    else {
      close();
      if (c === "/" || c === "%") words.push(c);
      // "Customer #" and "# of lines"; "#1" numbers nothing.
      else if (c === "#" && !letter.test(next) && !digit.test(next)) words.push("number");
      else if (c === "$") {
        if (words.length === 0 && letter.test(next)) word = "$";
        else words.push("$");
      }
    }
  }
  close();
  return words;
}

/** `IDs` is one word: the capital before a lone final "s" starts none. */
function isPlural(characters: string[], i: number): boolean {
  return characters[i + 1] === "s" && !letter.test(characters[i + 2] ?? "");
}
