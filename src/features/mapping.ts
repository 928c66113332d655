import type { Conversion } from "./conversion.ts";

/** Which column of the file holds which feature (or known column), and how sure that is. */
export interface FeatureMapping {
  readonly feature: string;
  readonly column: string;
  /** 0…1; 0.9 and above is used without asking. */
  readonly confidence: number;
  /** How it was found: exact name, synonym, fuzzy name, the person's own choice. */
  readonly method: "exact" | "synonym" | "fuzzy" | "given" | "remembered";
  /** What is done to the values, in words, or null. */
  readonly transform: string | null;
}

/** A mapping with what the encoder and a curious person need beside it. */
export interface ColumnMapping extends FeatureMapping {
  /** Position of the column in the header, from 0 (names may be there twice). */
  readonly index: number;
  /** What the encoder does to the values, or null. */
  readonly conversion: Conversion | null;
  /** Other columns that could have been meant, the likeliest first. */
  readonly alternatives: readonly string[];
  /** Why it is this column, for a person. */
  readonly why: string;
}

/** Something only a person can say: which column it is, or how its values are meant. */
export interface Question {
  readonly feature: string;
  readonly columns: readonly string[];
  /** With how to answer it in a call. */
  readonly question: string;
  /** The doubt alone, for somebody who is given the answers to choose from. */
  readonly plain: string;
  /** Units that the values may be in, the feature's own first; empty where none is converted. */
  readonly units: readonly string[];
  /** What the answer would change; null where that was not, or could not be tried. */
  readonly effect: QuestionEffect | null;
}

/** Of the file's customers some were scored under every way to read the columns in question. */
export interface QuestionEffect {
  readonly customers: number;
  readonly sampled: number;
  /** How many of them are in another tier under the other reading that changes most. */
  readonly changed_tier: number;
}

/** A mapping of at least this confidence is used in silence. */
export const sureConfidence = 0.9;
/** Below this a column is no candidate. */
export const leastConfidence = 0.5;
