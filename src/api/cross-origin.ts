import { RetainWiseError } from "../errors.ts";

/**
 * Throws `cross_origin` when a page of another site wants to change something: a form can be posted across sites without asking, and on a
 * loopback address there may be no password. Programs send neither header.
 */
export function refuseCrossOrigin(request: Request): void {
  if (request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS") return;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const foreign =
    site === null
      ? origin !== null && hostOf(origin) !== request.headers.get("host")
      : site === "cross-site" || site === "same-site";
  if (foreign) throw new RetainWiseError("cross_origin", "The request comes from a page of another site.");
}

/** `null` (a sandboxed page) has no host. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
