import { doubtOf } from "./doubtful-names.ts";
import type { NormalisedHeader } from "./normalise.ts";
import { editDistance, letterMask, masksNear } from "./similarity.ts";
import type { Target } from "./target.ts";
import { namesOutcome, namesStartDate, unitMeaning, wordBag } from "./words.ts";

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

/** A header with what every comparison needs. */
export interface PreparedHeader extends NormalisedHeader {
  readonly full: string;
  readonly mask: number;
  readonly bag: string;
  readonly looseBag: string;
  readonly outcome: boolean;
  readonly startDate: boolean;
}

const doubtfulScore = 0.6;
const dateScore = 0.55;
/** Longer keys are only compared for equality. */
const fuzzyCharacters = 48;

export function prepareHeader(normalised: NormalisedHeader): PreparedHeader {
  const header = { ...normalised, words: partNumberOf(normalised.words) };
  const all = [...header.words, ...header.units.filter((unit) => unit !== "$" && unit !== "%")];
  const full = all.join("");
  return {
    ...header,
    full,
    mask: letterMask(full),
    bag: wordBag(header.words, true),
    looseBag: wordBag(header.words, false),
    outcome: namesOutcome(all, header.key),
    startDate: namesStartDate(all),
  };
}

/** `Numberofdependents` is written in one word often enough. */
function partNumberOf(words: readonly string[]): readonly string[] {
  const [first, ...others] = words;
  return first?.startsWith("numberof") && first.length > 8 ? ["number", "of", first.slice(8), ...others] : words;
}

/** The best way to read the header as the target, or null. */
export function matchName(header: PreparedHeader, target: Target): NameMatch | null {
  if (header.key === "") return null;
  if (target.role === "feature" && header.outcome) return null;
  const conflict = unitConflict(header, target);
  const doubtful = doubtOf(header.full, target.name) ?? doubtOf(header.key, target.name);
  const doubt = conflict ?? doubtful?.reason ?? null;
  const isFalseFriend = target.falseFriends.has(header.key) || target.falseFriends.has(header.full);
  const direct = isFalseFriend ? null : directMatch(header, target);
  // A false friend may still be asked about where it is known what it could be.
  const found =
    direct ?? (conflict === null ? null : withoutUnits(header, target)) ?? (doubtful === null ? null : guess);
  if (found !== null) {
    const score = doubt === null ? found.score : Math.min(found.score, doubtfulScore);
    const settles = conflict === null && !isFalseFriend && (doubtful?.settles ?? false);
    return { ...found, score, doubt, settles, date: false };
  }
  if (isFalseFriend) return null;
  const months = target.feature?.kind === "numeric" && target.feature.unit === "months";
  if (!months || !header.startDate || conflict !== null) return null;
  const reason = "it is a date, and a number of months is wanted";
  return { score: dateScore, method: "fuzzy", doubt: reason, settles: false, date: true, typo: false };
}

type Found = Pick<NameMatch, "score" | "method" | "typo">;
const guess: Found = { score: doubtfulScore, method: "fuzzy", typo: false };

function directMatch(header: PreparedHeader, target: Target): Found | null {
  if (header.key === target.nameKey || header.full === target.nameKey)
    return { score: 1, method: "exact", typo: false };
  if (header.key === target.labelKey || header.full === target.labelKey)
    return { score: 0.98, method: "synonym", typo: false };
  if (target.keys.has(header.key) || target.keys.has(header.full))
    return { score: 0.95, method: "synonym", typo: false };
  let best: Found | null = null;
  const take = (score: number, typo: boolean) => {
    if (best === null || score > best.score) best = { score, method: "fuzzy", typo };
  };
  for (const spelling of target.spellings) {
    if (header.bag !== "" && header.bag === spelling.bag) take(0.87, false);
    else if (header.looseBag !== "" && header.looseBag === spelling.looseBag) take(0.8, false);
    const distance = typos(header, spelling.key, spelling.mask);
    if (distance > 0) take(distance === 1 ? 0.85 : 0.75, true);
  }
  return best;
}

/** Typing errors between the two keys, or 0 when there are none or too many for their length. */
function typos(header: PreparedHeader, key: string, mask: number): number {
  const length = Math.min(header.full.length, key.length);
  if (length < 5 || header.full.length > fuzzyCharacters) return 0;
  const most = length < 12 ? 1 : 2;
  if (!masksNear(header.mask, mask, most)) return 0;
  const distance = editDistance(header.full, key, most);
  return distance > most ? 0 : distance;
}

/** `tenure_days` is the tenure, but not in months. */
function withoutUnits(header: PreparedHeader, target: Target): Found | null {
  const rest = [...header.words, ...header.units]
    .filter((word) => unitMeaning(word) === null && word !== "$" && word !== "%")
    .join("");
  if (rest.length < 4) return null;
  return target.spellings.some((spelling) => spelling.unitless === rest)
    ? { score: doubtfulScore, method: "fuzzy", typo: false }
    : null;
}

/** What the header's unit words say against the target's unit, or null. */
function unitConflict(header: PreparedHeader, target: Target): string | null {
  const feature = target.feature;
  if (feature === null || feature.kind !== "numeric") return null;
  // A schema may well call a feature by a unit word; its own spellings are no conflict.
  if (header.key === target.nameKey) return bracketConflict(header.units, feature.unit);
  if (target.keys.has(header.key)) return bracketConflict(header.units, feature.unit);
  return bracketConflict([...header.words, ...header.units], feature.unit);
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
