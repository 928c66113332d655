import type * as v from "valibot";
import type { ErrorCode } from "../errors.ts";
import type { Body } from "./body.ts";

export type Schema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;
/** Path or query parameters: a strict object of schemas that take text. */
export type Parameters = v.StrictObjectSchema<Readonly<Record<string, Schema>>, undefined>;

/** One answer as documented. */
export interface Answer {
  readonly description: string;
  /** `application/json` where a schema is given and nothing else is said. */
  readonly media?: string;
  readonly schema?: Schema;
  readonly example?: unknown;
  /** Name → what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One way to send a body. */
export interface RequestMedia {
  readonly media: string;
  readonly schema: Schema | null;
  readonly example?: unknown;
}

/** A call as its handler gets it: parameters are parsed, the body is not read yet. */
export interface Call<P, Q> {
  readonly request: Request;
  readonly requestId: string;
  /** Whose request it is; empty for a public call, which has nothing of a tenant to show. */
  readonly tenantId: string;
  readonly params: P;
  readonly query: Q;
  readonly body: Body;
}

interface Description {
  /** `operationId` of the OpenAPI document. */
  readonly id: string;
  /** Heading under which it is documented. */
  readonly group: string;
  readonly summary: string;
  readonly description: string;
  /** Answers whoever asks. Everything else needs an identity: a call that says nothing is closed. */
  readonly access?: "public";
  /** Request headers that it looks at: name → what for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly RequestMedia[];
  readonly answers: Readonly<Record<number, Answer>>;
  /** Error codes that it may answer; `internal` goes without saying. */
  readonly problems: readonly ErrorCode[];
}

/** A call of the API: what is documented and what is done, in one place. */
export interface Operation extends Description {
  readonly params: Parameters | null;
  readonly query: Parameters | null;
  readonly handle: (call: Call<Record<string, unknown>, Record<string, unknown>>) => Promise<Response> | Response;
}

type Output<S extends Parameters | null> = S extends Parameters ? v.InferOutput<S> : Record<string, never>;

/** Ties the handler's types to the schemas of its parameters. The runner parses with exactly these before it calls the handler. */
export function operation<const P extends Parameters | null = null, const Q extends Parameters | null = null>(
  description: Description,
  parameters: { readonly params?: P; readonly query?: Q },
  handle: (call: Call<Output<P>, Output<Q>>) => Promise<Response> | Response,
): Operation {
  return {
    ...description,
    params: parameters.params ?? null,
    query: parameters.query ?? null,
    handle: (call) => handle(call as Call<Output<P>, Output<Q>>),
  };
}
