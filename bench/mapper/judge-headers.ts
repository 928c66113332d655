import { findCandidates } from "../../src/features/candidates.ts";
import { mapColumns } from "../../src/features/mapper.ts";
import { sureConfidence } from "../../src/features/mapping.ts";
import { prepareHeaders } from "../../src/features/prepare-headers.ts";
import type { Schema } from "../../src/features/schema.ts";
import { targetsOf } from "../../src/features/target.ts";
import type { LabelledHeader } from "./labelled-header.ts";

/** What became of one labelled header, alone in a file and without values. */
export interface JudgedHeader extends LabelledHeader {
  /** Whether the model reads the canonical column at all (a feature, or the customer's id). */
  readonly isInput: boolean;
  /** The input it is used as in silence, or null. */
  readonly used: string | null;
  /** Whether a person is asked whether it is the canonical column. */
  readonly asked: boolean;
  /** Whether a person is asked about it at all. */
  readonly askedAny: boolean;
  /** The likeliest reading as an input, taken or not. */
  readonly best: { readonly feature: string; readonly confidence: number } | null;
  /** Used in silence and wrongly so. */
  readonly wrong: boolean;
}

/** `truths`: every row of the list, since one header may be two canonical columns. */
export function judgeHeaders(rows: readonly LabelledHeader[], schema: Schema, truths = rows): JudgedHeader[] {
  const targets = targetsOf(schema);
  const inputs = new Set(
    targets.filter((target) => target.feature !== null || target.role === "identifier").map((target) => target.name),
  );
  return rows.map((row) => {
    const { mapping, questions, suggestions } = mapColumns({ headers: [row.header], schema });
    const found = mapping.find((entry) => inputs.has(entry.feature));
    const asks = [...questions, ...suggestions].filter((question) => question.columns.includes(row.header));
    const [best] = findCandidates(prepareHeaders([row.header]), [0], targets, { profiles: null, formats: null })
      .filter((candidate) => inputs.has(candidate.target.name))
      .sort((a, b) => b.confidence - a.confidence);
    const used = found !== undefined && found.confidence >= sureConfidence ? found.feature : null;
    const right = (feature: string) => isTrue(row.header, feature, truths);
    return {
      ...row,
      isInput: inputs.has(row.canonical),
      used,
      asked: asks.some((question) => question.feature === row.canonical),
      askedAny: asks.length > 0,
      best: best === undefined ? null : { feature: best.target.name, confidence: best.confidence },
      wrong: used !== null && (!right(used) || (used === row.canonical && row.verdict !== "map")),
    };
  });
}

/** Whether the list says that the header is the feature. */
export function isTrue(header: string, feature: string, truths: readonly LabelledHeader[]): boolean {
  return truths.some((row) => row.header === header && row.canonical === feature && row.verdict === "map");
}
