import type { RateDecision } from "../identity/rate-limit.ts";

/** What is left of the account's requests, as in the IETF's draft-ietf-httpapi-ratelimit-headers; Retry-After (RFC 9110) once nothing is. */
export function rateHeaders(rate: RateDecision | null): Readonly<Record<string, string>> {
  if (rate === null) return {};
  return {
    "ratelimit-policy": `"requests";q=${rate.limit};w=60`,
    ratelimit: `"requests";r=${rate.remaining};t=${rate.resetSeconds}`,
    ...(rate.allowed ? {} : { "retry-after": String(rate.retryAfterSeconds) }),
  };
}
