/** The ways of showing who one is that a service accepts. */
import { RetainWiseError } from "../errors.ts";
import type { Identify } from "./identity.ts";

/**
 * Whoever reaches the loopback port acts for this one tenant, by one of the machine's own names only: a web page can make its own name resolve
 * to 127.0.0.1, and the browser of whoever opens it would read everything for it.
 */
export function identifyOpen(tenantId: string): Identify {
  const identity = { tenantId, by: "open", user: "open" };
  return async (request) => {
    if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(request.url).hostname)) {
      throw new RetainWiseError(
        "unauthenticated",
        "Without keys only 127.0.0.1, [::1] and localhost are answered: use one of them in the address.",
      );
    }
    return identity;
  };
}

/** A token has two dots, a key has one. */
export function identifyByEither(byKey: Identify, byJwt: Identify): Identify {
  return (request) => {
    const dots = request.headers.get("authorization")?.match(/\./g)?.length ?? 0;
    return dots === 2 ? byJwt(request) : byKey(request);
  };
}
