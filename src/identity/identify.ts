/** The ways of showing who one is that a service accepts. */
import type { Identify } from "./identity.ts";

/** Whoever reaches the port acts for this one tenant. */
export function identifyOpen(tenantId: string): Identify {
  const identity = { tenantId, by: "open" };
  return () => Promise.resolve(identity);
}

/** A token has two dots, a key has one. */
export function identifyByEither(byKey: Identify, byJwt: Identify): Identify {
  return (request) => {
    const dots = request.headers.get("authorization")?.match(/\./g)?.length ?? 0;
    return dots === 2 ? byJwt(request) : byKey(request);
  };
}
