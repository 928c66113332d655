import { normaliseHeader } from "./normalise.ts";
import { onceFor } from "./once-for.ts";
import type { Feature, KnownColumn, Schema } from "./schema.ts";
import { letterMask } from "./similarity.ts";
import { unitMeaning, wordBag } from "./words.ts";

/** One spelling of a target's name, taken apart once. */
export interface Spelling {
  readonly key: string;
  readonly mask: number;
  /** Canonical words, all of them and without the weak ones. */
  readonly bag: string;
  readonly looseBag: string;
  /** Key without unit words: "tenure" of `tenure_months`. */
  readonly unitless: string;
}

/** Something a column may be: a feature of the model, or a known column. */
export interface Target {
  readonly name: string;
  readonly label: string;
  readonly role: "feature" | KnownColumn["role"];
  readonly feature: Feature | null;
  readonly required: boolean;
  readonly nameKey: string;
  readonly labelKey: string;
  readonly keys: ReadonlySet<string>;
  readonly spellings: readonly Spelling[];
  readonly falseFriends: ReadonlySet<string>;
}

/** Everything a column of a file may be under this schema. */
export const targetsOf: (schema: Schema) => readonly Target[] = onceFor((schema) => [
  ...schema.features.map((feature) => target(feature, "feature", feature)),
  ...schema.known_columns.map((known) => target(known, known.role, null)),
]);

function target(of: Feature | KnownColumn, role: Target["role"], feature: Feature | null): Target {
  const texts = [of.name, of.label, ...of.synonyms];
  const spellings = new Map<string, Spelling>();
  for (const text of texts) {
    const { words, units, key } = normaliseHeader(text);
    const full = key + units.join("");
    const all = [...words, ...units];
    const unitless = all.filter((word) => unitMeaning(word) === null).join("");
    if (full === "" || spellings.has(full)) continue;
    spellings.set(full, {
      key: full,
      mask: letterMask(full),
      bag: wordBag(all, true),
      looseBag: wordBag(all, false),
      unitless,
    });
  }
  return {
    name: of.name,
    label: of.label,
    role,
    feature,
    required: feature?.required ?? false,
    nameKey: normaliseHeader(of.name).key,
    labelKey: normaliseHeader(of.label).key,
    keys: new Set(spellings.keys()),
    spellings: [...spellings.values()],
    falseFriends: new Set(of.false_friends.map((text) => normaliseHeader(text).key)),
  };
}
