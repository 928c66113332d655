import { normaliseText } from "./normalise.ts";
import { onceFor } from "./once-for.ts";
import type { Feature, Schema } from "./schema.ts";

/**
 * A third state of a flag that another feature settles: a customer whose internet service is "No" has no online security because there is no
 * internet, and not by choice. Exports write that as "No internet service", as "No", or as nothing, and the model tells these apart.
 */
export interface ImpliedState {
  /** Position of the other feature among the model's, and its label. */
  readonly parent: number;
  readonly parentLabel: string;
  /** Code of the other feature at which the state holds, and how it is written. */
  readonly when: number;
  readonly whenValue: string;
  /** Code of the state, and how it is written. */
  readonly code: number;
  readonly value: string;
}

/** The code of a flag's "No". */
export const noCode = 0;

/** By feature: what settles one of its states, the category of another feature that is spelt like it; or null. */
export const impliedStates: (schema: Schema) => readonly (ImpliedState | null)[] = onceFor((schema) =>
  schema.features.map((feature) => impliedState(schema, feature)),
);

function impliedState(schema: Schema, feature: Feature): ImpliedState | null {
  if (feature.kind !== "flag") return null;
  for (const state of feature.categories.filter(({ code }) => code > 1)) {
    const spellings = new Set(spellingsOf(state));
    for (const [position, parent] of schema.features.entries()) {
      if (parent === feature || parent.kind === "numeric") continue;
      // Of another flag only the plain "No" can settle anything: its own third state is settled like this one.
      const isFlag = parent.kind === "flag";
      const same = parent.categories.find(
        (choice) =>
          (!isFlag || choice.code === noCode) && spellingsOf(choice).some((spelling) => spellings.has(spelling)),
      );
      if (same === undefined) continue;
      const { code: when, value: whenValue } = same;
      return { parent: position, parentLabel: parent.label, when, whenValue, code: state.code, value: state.value };
    }
  }
  return null;
}

function spellingsOf({ value, synonyms }: { readonly value: string; readonly synonyms: readonly string[] }): string[] {
  return [value, ...synonyms].map(normaliseText);
}
