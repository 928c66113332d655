import type { NameMatch } from "./name-match.ts";
import type { Target } from "./target.ts";
import type { ValueEvidence } from "./value-evidence.ts";

const names: Readonly<Record<NameMatch["evidence"], (label: string) => string>> = {
  name: (label) => `its name is that of ${label}`,
  synonym: (label) => `its name is a known one for ${label}`,
  words: (label) => `its name is made of other words for ${label}`,
  rest: (label) => `its name is one for ${label} but for words that usually add nothing`,
  typo: (label) => `its name is a typing error away from one for ${label}`,
  unit: (label) => `its name is one for ${label} in another unit`,
  date: (label) => `its name is that of the day from which ${label} is counted`,
  use: (label) => `some exports use its name for ${label}`,
};
const values: Readonly<Record<ValueEvidence["verdict"], string>> = {
  strong: ", and its values are those of it",
  fits: ", and its values fit",
  silent: ", and it has no values to judge by",
  doubt: ", but its values look otherwise",
  contradicts: ", but its values are others",
};

/** Why a column is taken for (or offered as) the target: what its name says, and what its values say where they were looked at. */
export function explainMatch(
  target: Target,
  evidence: NameMatch["evidence"],
  verdict: ValueEvidence["verdict"] | null,
): string {
  return `${names[evidence](JSON.stringify(target.label))}${verdict === null ? "" : values[verdict]}`;
}
