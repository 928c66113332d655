/** What the supervisor and the inference thread say to each other. Every call has an id; bytes and numbers are transferred, not copied. */
import type { ErrorCode, Problem } from "../errors.ts";
import type { LoadOptions, ModelInfo } from "../model/load.ts";
import type {
  Customer,
  DifferenceOutcome,
  DifferenceRequest,
  PredictOutcome,
  Suggestion,
  SuggestionRequest,
} from "./answers.ts";
import type { ScoreEvent, ScoreOptions } from "./score-file.ts";
import type { Summary } from "./summary.ts";

export interface LoadRequest extends LoadOptions {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** `present`: verified and described only, for the results that it made; no session, and nothing stays in the thread. */
  readonly purpose: "score" | "present";
}

export type ToThread =
  | ({
      readonly type: "load";
      readonly id: number /** Null: as sent before. */;
      readonly wasm: Uint8Array | null;
    } & Omit<LoadRequest, "wasm">)
  | { readonly type: "unload"; readonly id: number; readonly model: string }
  | { readonly type: "score"; readonly id: number; readonly model: string; readonly options: ScoreOptions }
  | { readonly type: "bytes"; readonly id: number; readonly bytes: Uint8Array | null }
  /** Nobody waits for the call any more. */
  | { readonly type: "cancel"; readonly id: number; readonly error: WireError }
  | { readonly type: "ack"; readonly id: number }
  | { readonly type: "predict"; readonly id: number; readonly model: string; readonly customers: readonly Customer[] }
  /** `values` of one row as stored: encoded, null = missing. */
  | {
      readonly type: "interactions";
      readonly id: number;
      readonly model: string;
      readonly values: readonly (number | null)[];
    }
  | { readonly type: "difference"; readonly id: number; readonly model: string; readonly request: DifferenceRequest }
  | { readonly type: "summarise"; readonly id: number; readonly model: string; readonly inFile: readonly string[] }
  | { readonly type: "suggest"; readonly id: number; readonly model: string; readonly request: SuggestionRequest };

export type FromThread =
  | { readonly type: "up" }
  /** `used` goes back and forth, so that a file of any size needs one buffer. */
  | { readonly type: "pull"; readonly id: number; readonly restart: boolean; readonly used: Uint8Array | null }
  | { readonly type: "event"; readonly id: number; readonly event: ScoreEvent }
  | { readonly type: "done"; readonly id: number; readonly result: CallResult }
  | { readonly type: "failed"; readonly id: number; readonly error: WireError };

/** Null: the call has nothing to say. */
export type CallResult = ModelInfo | PredictOutcome | DifferenceOutcome | Suggestion | Summary | Float64Array | null;

/** An error as plain data: structured clone keeps neither class nor code. */
export interface WireError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly issues: readonly Problem[];
  /** Of what was thrown first. */
  readonly name: string;
  readonly stack: string;
}
