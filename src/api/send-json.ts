import type * as v from "valibot";
import type { Schema } from "./operation.ts";

/** The same shape, not to be changed: what is sent is read only. */
export type ReadonlyDeep<T> = T extends readonly (infer Item)[]
  ? readonly ReadonlyDeep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> }
    : T;

/** What an answer with that schema consists of. */
export type Sent<S extends Schema> = ReadonlyDeep<v.InferOutput<S>>;

/** An answer in JSON; the type parameter is the schema that documents it. */
export function sendJson<S extends Schema>(
  value: Sent<S>,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
}
