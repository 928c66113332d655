import type { Bags } from "./bags.ts";
import { doubtOf } from "./doubtful-names.ts";
import { leastConfidence, sureConfidence } from "./mapping.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
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
  /** The header names a date where a duration is wanted. */
  readonly date: boolean;
  /** Whether only spelling differs from a known name, not words. */
  readonly typo: boolean;
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
  const isFalseFriend = isFalse(header, target) && spelt === null;
  const doubtful = doubtOf(header, target, { literally: isFalseFriend, otherUnit: conflict !== null });
  const direct = isFalseFriend ? null : (spelt ?? sameMeaning(header, target) ?? misspelling(header, target));
  const doubt =
    header.disguise ?? conflict ?? doubtful?.reason ?? (direct === null ? null : unlikeness(header, target));
  // A false friend may still be asked about where it is known what it could be.
  const found = direct ?? (conflict === null ? null : otherUnits(header, target)) ?? (doubtful === null ? null : guess);
  if (found !== null) {
    const score = doubt === null ? found.score : Math.min(found.score, doubtfulScore);
    const settles = header.disguise === null && conflict === null && !isFalseFriend && (doubtful?.settles ?? false);
    return { ...found, score, doubt, settles, date: false };
  }
  if (isFalseFriend) return null;
  if (!isMonths(target) || !header.startDate || conflict !== null) return null;
  const reason = header.disguise ?? "it is a date, and a number of months is wanted";
  return { score: dateScore, method: "fuzzy", doubt: reason, settles: false, date: true, typo: false };
}

function isMonths({ feature }: Target): boolean {
  return feature?.kind === "numeric" && feature.unit === "months";
}

type Found = Pick<NameMatch, "score" | "method" | "typo">;
const guess: Found = { score: doubtfulScore, method: "fuzzy", typo: false };

/** The very spelling, but for case, gaps and accents. */
function equalName({ key, full, ownKey, disguise }: PreparedHeader, target: Target): Found | null {
  if (disguise !== null && target.keys.has(ownKey)) return { score: 0.97, method: "synonym", typo: false };
  if (key === target.nameKey || full === target.nameKey) return { score: 1, method: "exact", typo: false };
  if (key === target.labelKey || full === target.labelKey) return { score: 0.98, method: "synonym", typo: false };
  return target.keys.has(key) || target.keys.has(full) ? { score: 0.97, method: "synonym", typo: false } : null;
}

/** Other words for the same, in any tongue and order. */
function sameMeaning(header: PreparedHeader, target: Target): Found | null {
  const score = meaningScore(header.bags(target.neutral), target);
  return score === 0 ? null : { score, method: score >= sureConfidence ? "synonym" : "fuzzy", typo: false };
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

const typo = (score: number): Found => ({ score, method: "fuzzy", typo: true });

/** Named like a thing that looks like the target and is not. */
function isFalse(header: PreparedHeader, { falseFriends, falseBags, neutral, bags }: Target): boolean {
  if (falseFriends.has(header.key) || falseFriends.has(header.full)) return true;
  const { own, bare } = header.bags(neutral);
  return (falseBags.has(own) || falseBags.has(bare)) && !bags.has(own);
}

/** A match of meaning that the words make doubtful all the same. */
function unlikeness({ read, key, full, bags }: PreparedHeader, target: Target): string | null {
  if (target.keys.has(key) || target.keys.has(full)) return null;
  const { concepts } = read;
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
  return rests.some((rest) => unitlessBags.has(rest) || bags.has(rest)) ? guess : null;
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
