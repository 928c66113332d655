import { type Concepts, unitConcepts } from "./concepts.ts";
import { conceptsFor, type NeutralWords } from "./neutral-words.ts";

/** Concepts in one string each, for comparison whatever their order; "" when nothing is left. */
export interface Bags {
  /** All of them. */
  readonly own: string;
  /** Without the harmless words, and without these and the soft ones. */
  readonly bare: string;
  readonly core: string;
  /** As `own` and `bare`, without the words that name a unit. */
  readonly unitless: string;
  readonly bareUnitless: string;
}

/** No name that is known has more. */
const mostConcepts = 10;
const nothing: Bags = { own: "", bare: "", core: "", unitless: "", bareUnitless: "" };

export function bagOf(concepts: Iterable<string>): string {
  return [...concepts].sort().join(" ");
}

/** The bags of what was read, made once for each kind of target. */
export function bagsFor({ concepts }: Concepts): (neutral: NeutralWords) => Bags {
  const made = new Map<NeutralWords, Bags>();
  if (concepts.size > mostConcepts) return () => nothing;
  return (neutral) => {
    let bags = made.get(neutral);
    if (bags === undefined) {
      const sorted = [...conceptsFor(concepts, neutral)].sort();
      const without = (words: ReadonlySet<string>, from = sorted) => from.filter((concept) => !words.has(concept));
      const unitless = without(unitConcepts);
      bags = {
        own: sorted.join(" "),
        bare: without(neutral.harmless).join(" "),
        core: without(neutral.soft).join(" "),
        unitless: unitless.join(" "),
        bareUnitless: without(neutral.harmless, unitless).join(" "),
      };
      made.set(neutral, bags);
    }
    return bags;
  };
}
