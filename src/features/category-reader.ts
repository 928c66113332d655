import { isMissingToken } from "./missing.ts";
import { normaliseText } from "./normalise.ts";
import { parseNumber } from "./number-format.ts";
import { onceFor } from "./once-for.ts";
import type { Feature } from "./schema.ts";

type Choice = Exclude<Feature, { kind: "numeric" }>;

/** What a text means for a category or flag: the code, NaN for "no value", or null for a value it does not know. */
export type CategoryReader = (text: string) => number | null;

const yesWords = "yes y true t on x 1 sim s si oui ja j vero vrai wahr verdadero verdadeiro da tak igen".split(" ");
const noWords = "no n false f off 0 nao non nein nee falso faux falsch nie nej".split(" ");

/** Reads the values of one feature; the schema's own spellings go before the words for yes and no, these before "missing". */
export const categoryReader: (feature: Choice) => CategoryReader = onceFor((feature) => {
  const codes = new Map<string, number>();
  const learn = (text: string, code: number) => {
    const key = normaliseText(text);
    if (!codes.has(key)) codes.set(key, code);
  };
  for (const category of feature.categories) learn(category.value, category.code);
  for (const { code, synonyms } of feature.categories) for (const synonym of synonyms) learn(synonym, code);
  if (feature.kind === "flag") {
    for (const word of yesWords) learn(word, 1);
    for (const word of noWords) learn(word, 0);
  }
  const own = new Set([...codes.keys()]);

  return (text) => {
    const trimmed = text.trim();
    if (trimmed === "") return Number.NaN;
    const key = normaliseText(trimmed);
    if (own.has(key)) return codes.get(key)!;
    // Billing tools write an interval as `month` and `year`: a bare unit is one of it.
    if (own.has(`1${key}`)) return codes.get(`1${key}`)!;
    if (isMissingToken(trimmed)) return Number.NaN;
    if (feature.kind !== "flag") return null;
    // Spreadsheets write a flag as 1.0, or as 1,00.
    const number = trimmed.length <= 8 ? parseNumber(trimmed, trimmed.includes(",") ? "," : ".") : Number.NaN;
    return number === 1 || number === 0 ? number : null;
  };
});
