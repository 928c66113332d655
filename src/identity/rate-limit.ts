/** A token bucket a tenant: a minute's requests at once, and from then on as fast as the bucket fills. Each process counts for itself. */
import { limits } from "../limits.ts";

export interface RateDecision {
  readonly allowed: boolean;
  /** Requests a minute. */
  readonly limit: number;
  /** Whole requests left. */
  readonly remaining: number;
  /** Whole seconds until the bucket is full again. */
  readonly resetSeconds: number;
  /** Whole seconds until one request is left; 0 when one is. */
  readonly retryAfterSeconds: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  filledAt: number;
}

export interface RateLimitOptions {
  readonly requestsPerMinute: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

export function createRateLimit({ requestsPerMinute, now = () => performance.now() }: RateLimitOptions) {
  const perMillisecond = requestsPerMinute / 60_000;
  const buckets = new Map<string, Bucket>();

  return (tenantId: string): RateDecision => {
    const at = now();
    const bucket = buckets.get(tenantId) ?? { tokens: requestsPerMinute, filledAt: at };
    bucket.tokens = Math.min(requestsPerMinute, bucket.tokens + (at - bucket.filledAt) * perMillisecond);
    bucket.filledAt = at;
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens--;
    // Last in the map: the longest unused is first, and nearest to full.
    buckets.delete(tenantId);
    buckets.set(tenantId, bucket);
    if (buckets.size > limits.rateTenants) buckets.delete(buckets.keys().next().value!);
    const secondsFor = (tokens: number): number =>
      Math.ceil(Math.max(0, tokens - bucket.tokens) / perMillisecond / 1_000);
    return {
      allowed,
      limit: requestsPerMinute,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: secondsFor(requestsPerMinute),
      retryAfterSeconds: allowed ? 0 : secondsFor(1),
    };
  };
}
