/** Lets the service call its own API as a tenant of its own, with no credential that could leak: what counts is the very object of the request. */
import { RetainWiseError } from "../errors.ts";
import type { Identify } from "../identity/identity.ts";

export interface InnerDoor {
  /** What the API asks: requests of our own are the inner tenant's, all others come in by the outer way. */
  readonly identify: Identify;
  /** Marks a request as our own. Nothing that came over a network can be marked. */
  admit(request: Request): Request;
}

export function createInnerDoor(outer: Identify, tenantId: string): InnerDoor {
  const own = new WeakSet<Request>();
  return {
    async identify(request) {
      if (own.has(request)) return { tenantId, by: "canary", user: "canary" };
      const identity = await outer(request);
      if (identity.tenantId === tenantId) {
        throw new RetainWiseError(
          "unauthenticated",
          "The credential names an account that only the service itself uses.",
        );
      }
      return identity;
    },
    admit(request) {
      own.add(request);
      return request;
    },
  };
}
