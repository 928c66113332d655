import type { Bags } from "./bags.ts";
import { unitNamed } from "./conversion.ts";
import { doubtOf } from "./doubtful-names.ts";
import { leastConfidence, sureConfidence } from "./mapping.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import { isFalseFriend } from "./refusals.ts";
import { editDistance, masksNear } from "./similarity.ts";
import type { Target } from "./target.ts";
import { unitMeaning } from "./words.ts";

/** How well a header names a target. */
export interface NameMatch {
  /** 0…1. */
  readonly score: number;
  readonly method: "exact" | "synonym" | "fuzzy";
  /** What keeps it from being taken in silence, for a person. */
  readonly doubt: string | null;
  /** Whether values as in training clear the doubt. */
  readonly settles: boolean;
  /** The unit that the name says the values are in, where it is not the target's and can be converted. */
  readonly unit: string | null;
  /** The header names a date where a duration is wanted. */
  readonly date: boolean;
  /**
   * What speaks for it. name: the feature's own · synonym: a known spelling · words: other words for the same · rest: the same but for words that
   * usually add nothing · typo: a misspelling · unit: the same in another unit · date: the day the customer came · use: sometimes used for it.
   */
  readonly evidence: "name" | "synonym" | "words" | "rest" | "typo" | "unit" | "date" | "use";
}

const doubtfulScore = 0.6;
const dateScore = 0.55;
/** Longer keys are only compared for equality. */
const fuzzyCharacters = 48;

/** The best way to read the header as the target, or null. */
export function matchName(header: PreparedHeader, target: Target): NameMatch | null {
  if (header.key === "") return null;
  if (target.role === "feature" && header.outcome) return null;
  // "monthly" is a rhythm and no length: "Monthly active users" are no tenure.
  if (isMonths(target) && header.read.words.some((word) => unitMeaning(word) === "monthly")) return null;
  const spelt = equalName(header, target);
  const conflict = unitConflict(header, target);
  const isFalse = isFalseFriend(header, target);
  const doubtful = doubtOf(header, target, { literally: isFalse, otherUnit: conflict !== null });
  const direct = isFalse ? null : (spelt ?? sameMeaning(header, target) ?? misspelling(header, target));
  const disguise = target.keys.has(header.ownKey) ? null : header.disguise;
  const doubt = disguise ?? conflict ?? doubtful?.reason ?? (direct === null ? null : unlikeness(header, target));
  // A false friend may still be asked about where it is known what it could be.
  const found = direct ?? (conflict === null ? null : otherUnits(header, target)) ?? (doubtful === null ? null : inUse);
  if (found !== null) {
    const score = doubt === null ? found.score : Math.min(found.score, doubtfulScore);
    const settles = disguise === null && conflict === null && !isFalse && (doubtful?.settles ?? false);
    const unit = nameUnit(header, target) ?? doubtful?.unit ?? null;
    return { ...found, score, doubt, settles, unit, date: false };
  }
  if (isFalse) return null;
  if (!isMonths(target) || !header.startDate || conflict !== null) return null;
  const reason = disguise ?? "it is a date: months can be counted from it up to a day that is given as as_of";
  return { score: dateScore, method: "fuzzy", doubt: reason, settles: false, evidence: "date", unit: null, date: true };
}

function isMonths({ feature }: Target): boolean {
  return feature?.kind === "numeric" && feature.unit === "months";
}

type Found = Pick<NameMatch, "score" | "method" | "evidence">;
const inUse: Found = { score: doubtfulScore, method: "fuzzy", evidence: "use" };

/** The very spelling, but for case, gaps and accents. */
function equalName({ key, full, ownKey }: PreparedHeader, target: Target): Found | null {
  const isOne = (name: string) => key === name || full === name;
  if (isOne(target.nameKey)) return { score: 1, method: "exact", evidence: "name" };
  if (isOne(target.labelKey)) return { score: 0.98, method: "synonym", evidence: "name" };
  if (!target.keys.has(key) && !target.keys.has(full) && !target.keys.has(ownKey)) return null;
  return { score: 0.97, method: "synonym", evidence: "synonym" };
}

/** Other words for the same, in any tongue and order. */
function sameMeaning(header: PreparedHeader, target: Target): Found | null {
  const score = meaningScore(header.bags(target.neutral), target);
  if (score === 0) return null;
  return score >= sureConfidence
    ? { score, method: "synonym", evidence: "words" }
    : { score, method: "fuzzy", evidence: "rest" };
}

function meaningScore({ own, bare, core }: Bags, { bags }: Target): number {
  if (bags.has(own)) return 0.94;
  if (bags.has(bare)) return 0.92;
  return bags.has(core) ? 0.8 : 0;
}

function misspelling(header: PreparedHeader, target: Target): Found | null {
  // Of words that are all known none is misspelt: "Contact Type" is no "Contract Type".
  if (header.read.known) return null;
  const { typos } = header.corrected;
  let score = typos === 0 ? 0 : meaningScore(header.correctedBags(target.neutral), target) - 0.07 * typos;
  if (header.full.length > fuzzyCharacters) return score < leastConfidence ? null : typo(score);
  for (const spelling of target.spellings) {
    const distance = typosBetween(header, spelling.key, spelling.mask);
    if (distance > 0) score = Math.max(score, distance === 1 ? 0.87 : 0.77);
  }
  return score < leastConfidence ? null : typo(score);
}

const typo = (score: number): Found => ({ score, method: "fuzzy", evidence: "typo" });

const oneMonth = new Set("month monat mes mois mese maand mo mth".split(" "));
const oneBill = new Set(
  "price bill invoice preis prix precio preco prezzo prijs rechnung factura fatura fattura bolletta factuur".split(" "),
);

/** A match of meaning that the words make doubtful all the same. */
function unlikeness({ read, full, bags }: PreparedHeader, target: Target): string | null {
  if (target.keys.has(full)) return null;
  const { concepts } = read;
  const isOf = (words: ReadonlySet<string>) => read.words.some((word) => words.has(word));
  if (isMonths(target) && concepts.size === 1 && isOf(oneMonth)) return "it may name a month of the calendar";
  if (target.feature?.kind === "numeric" && target.feature.unit === "currency" && isOf(oneBill))
    return "it may be the total of one invoice or order";
  if (target.feature?.kind === "numeric" && target.feature.unit === "currency_per_month" && !concepts.has("month"))
    return "its name does not say that it is per month";
  if (target.falseBags.has(bags(target.neutral).own)) return "names like it are used for something else as well";
  if (target.feature?.kind !== "category") return null;
  if (concepts.has("flag")) return "it says whether there is any, not which";
  return concepts.has("days") || concepts.has("weeks")
    ? "it is a length in days or weeks, not one of the known terms"
    : null;
}

/** Typing errors between the two keys, or 0 when there are none or too many for their length. */
function typosBetween(header: PreparedHeader, key: string, mask: number): number {
  const length = Math.min(header.full.length, key.length);
  if (length < 5) return 0;
  const most = length < 12 ? 1 : 2;
  if (!masksNear(header.mask, mask, most)) return 0;
  const distance = editDistance(header.full, key, most);
  return distance > most ? 0 : distance;
}

/** `tenure_days` is the tenure, but not in months. */
function otherUnits(header: PreparedHeader, { unitlessBags, bags, neutral }: Target): Found | null {
  const [read, corrected] = [header.bags(neutral), header.correctedBags(neutral)];
  const rests = [read.unitless, read.bareUnitless, corrected.unitless, corrected.bareUnitless];
  return rests.some((rest) => unitlessBags.has(rest) || bags.has(rest)) ? { ...inUse, evidence: "unit" } : null;
}

/** What the header's unit words say against the target's unit, or null. */
function unitConflict(header: PreparedHeader, target: Target): string | null {
  const feature = target.feature;
  if (feature === null || feature.kind !== "numeric") return null;
  // A schema may well call a feature by a unit word; its own spellings are no conflict.
  if (header.key === target.nameKey) return bracketConflict(header.units, feature.unit);
  if (target.keys.has(header.key)) return bracketConflict(header.units, feature.unit);
  return bracketConflict([...header.read.words, ...header.units], feature.unit);
}

/** The unit that the name itself gives. */
function nameUnit(header: PreparedHeader, { feature }: Target): string | null {
  if (feature?.kind !== "numeric") return null;
  const own = allowed[feature.unit] ?? [];
  const meanings = [...header.read.words, ...header.units].flatMap((word) => unitMeaning(word) ?? []);
  return unitNamed(
    feature,
    meanings.filter((meaning) => !own.includes(meaning)),
  );
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  months: ["months", "monthly"],
  currency_per_month: ["months", "monthly"],
  currency: ["months", "monthly", "days", "weeks", "minutes", "hours"],
  years: ["years"],
  days: ["days"],
  minutes: ["minutes"],
};

function bracketConflict(words: readonly string[], unit: string): string | null {
  for (const word of words) {
    const meaning = word === "%" ? "percent" : unitMeaning(word);
    if (meaning === null || allowed[unit] === undefined || allowed[unit].includes(meaning)) continue;
    return `its name says ${meaning}, and ${unit.replaceAll("_", " ")} are wanted`;
  }
  return null;
}
