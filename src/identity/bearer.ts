import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

/** The credential of `Authorization: Bearer …` (RFC 6750, section 2.1; never from the address, which is logged). Throws `unauthenticated`. */
export function bearerOf(request: Request): string {
  const header = request.headers.get("authorization");
  if (header === null) throw new RetainWiseError("unauthenticated", "The request has no Authorization header.");
  if (header.length > limits.credentialBytes) throw refused();
  const [scheme = "", credential = "", ...more] = header.split(" ");
  if (scheme.toLowerCase() !== "bearer" || more.length > 0 || !/^[A-Za-z0-9._~+/=-]+$/.test(credential)) {
    throw new RetainWiseError("unauthenticated", "The Authorization header does not have the form: Bearer KEY.");
  }
  return credential;
}

/** One answer for whatever is wrong with a credential: it tells nobody which part to try next. */
export function refused(cause?: unknown): RetainWiseError {
  return new RetainWiseError("unauthenticated", "The key or token is not valid, or not any more.", { cause });
}
