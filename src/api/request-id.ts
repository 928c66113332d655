import { uuidv7 } from "./uuid.ts";

/** Header that carries the correlation id in both directions. */
export const requestIdHeader = "x-request-id";

/** The caller's correlation id when it is safe to write into headers and logs, a fresh one otherwise. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get(requestIdHeader);
  return given !== null && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : uuidv7();
}
