/** An attack as data, and how its bytes are written. */
import { Buffer } from "node:buffer";
import type { Piece } from "./conversation.ts";

/**
 * refused: a problem of 4xx, a bare 4xx of the runtime's own server, or the end of the connection · served: answered with 2xx, nothing stored ·
 * accepted: 202, and that one file is stored · waits: the server waits for the rest, as it must, until the attacker hangs up · lost: refused by the runtime's own
 * server after all of the file was there, so that it may have been stored, as with every answer that is lost · version: a bare 505 of
 * Bun's own server, which takes whatever is wrong in the first line for another version of HTTP.
 */
export type Outcome = "refused" | "served" | "accepted" | "waits" | "lost" | "version";

export interface Attack {
  readonly name: string;
  readonly pieces: (authorization: string) => readonly Piece[];
  /** What may become of it; `refused` where nothing is said. */
  readonly may?: readonly Outcome[];
  /** More that may become of it where a runtime's own server sees it differently; the list says why. */
  readonly on?: Readonly<Partial<Record<RuntimeName, readonly Outcome[]>>>;
  /** Answers that are waited for, in the order of the requests. */
  readonly answers?: number;
  /** Runtimes that end the connection before all of them; those that come are in order. */
  readonly endsEarly?: readonly RuntimeName[];
}

export type RuntimeName = "Bun" | "Deno" | "Node";

export const csv = "customer_id,tenure_months,monthly_charges,contract\r\nC-1,4,50.5,One year\r\n";

/** Lines as given, and the empty one. */
export const lines = (...all: readonly string[]): string => [...all, "", ""].join("\r\n");

/** A GET by the attacker, with whatever headers. */
export const get =
  (target: string, ...headers: readonly string[]): Attack["pieces"] =>
  (authorization) => [
    lines(
      `GET ${target} HTTP/1.1`,
      "host: localhost",
      "connection: close",
      `authorization: ${authorization}`,
      ...headers,
    ),
  ];

/** An upload by the attacker whose headers and body are as given: no length is added. */
export const send =
  (headers: readonly string[], ...body: readonly Piece[]): Attack["pieces"] =>
  (authorization) => [
    lines(
      "POST /v1/uploads HTTP/1.1",
      "host: localhost",
      "connection: close",
      `authorization: ${authorization}`,
      "content-type: text/csv",
      ...headers,
    ),
    ...body,
  ];

/** A well-formed POST by the attacker: all that is wrong is in the body. */
export const post =
  (path: string, type: string, body: string | Uint8Array): Attack["pieces"] =>
  (authorization) => [
    lines(
      `POST ${path} HTTP/1.1`,
      "host: localhost",
      "connection: close",
      `authorization: ${authorization}`,
      `content-type: ${type}`,
      `content-length: ${Buffer.byteLength(body)}`,
    ),
    body,
  ];
