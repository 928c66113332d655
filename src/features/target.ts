import { bagOf } from "./bags.ts";
import { allWords, readConcepts, unitConcepts } from "./concepts.ts";
import { conceptsFor, type NeutralWords, neutralWords } from "./neutral-words.ts";
import { normaliseHeader } from "./normalise.ts";
import { onceFor } from "./once-for.ts";
import type { Feature, KnownColumn, Schema } from "./schema.ts";
import { letterMask } from "./similarity.ts";

/** One spelling of a target's name. */
export interface Spelling {
  readonly key: string;
  readonly mask: number;
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
  /** What the spellings mean, whatever the tongue and the order of their words. */
  readonly bags: ReadonlySet<string>;
  /** The same without unit words: "tenure" of `tenure_months`. */
  readonly unitlessBags: ReadonlySet<string>;
  readonly falseFriends: ReadonlySet<string>;
  readonly falseBags: ReadonlySet<string>;
  readonly neutral: NeutralWords;
}

/** Everything a column of a file may be under this schema. */
export const targetsOf: (schema: Schema) => readonly Target[] = onceFor((schema) => [
  ...schema.features.map((feature) => target(feature, "feature", feature)),
  ...schema.known_columns.map((known) => target(known, known.role, null)),
]);

function target(of: Feature | KnownColumn, role: Target["role"], feature: Feature | null): Target {
  const neutral = neutralWords({ role, feature });
  const spellings = new Map<string, Spelling>();
  const bags = new Set<string>();
  const unitlessBags = new Set<string>();
  for (const text of [of.name, of.label, ...of.synonyms]) {
    const { words, units, key } = normaliseHeader(text);
    const full = key + units.join("");
    if (full === "" || spellings.has(full)) continue;
    spellings.set(full, { key: full, mask: letterMask(full) });
    const concepts = conceptsFor(readConcepts(allWords({ words, units }), false).concepts, neutral);
    bags.add(bagOf(concepts));
    unitlessBags.add(bagOf([...concepts].filter((concept) => !unitConcepts.has(concept))));
  }
  const meaning = (text: string) =>
    bagOf(conceptsFor(readConcepts(normaliseHeader(text).words, false).concepts, neutral));
  bags.delete("");
  unitlessBags.delete("");
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
    bags,
    unitlessBags,
    falseFriends: new Set(of.false_friends.map((text) => normaliseHeader(text).key)),
    falseBags: new Set(of.false_friends.map(meaning)),
    neutral,
  };
}
