import { openBody, readWhole } from "../api/body.ts";
import { refuseCrossOrigin } from "../api/cross-origin.ts";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { html, nothing } from "./html.ts";
import type { Answer, Page, Visit } from "./page.ts";

/** Sessions of the pages, for a service whose callers are identified. */
export interface Sessions {
  /** Throws `unauthenticated`, or what tells why that cannot be told. */
  readonly identify: (request: Request) => Promise<unknown>;
  /** Value of `Set-Cookie` for a credential that `identify` accepts. Throws `unauthenticated`, or what tells why that cannot be told. */
  seal(credential: string, request: Request): Promise<string>;
  /** Value of `Set-Cookie` that ends the session. */
  end(request: Request): string;
}

export function createSignIn({ sessions }: { readonly sessions: Sessions }): {
  show(visit: Visit): Answer;
  enter(request: Request): Promise<Answer | Response>;
  leave(request: Request): Response;
} {
  return {
    show: ({ query }) => signInPage(query.get("next"), null),
    async enter(request) {
      refuseCrossOrigin(request);
      const body = openBody(request, { idleSeconds: 10, totalSeconds: 20 });
      const form = new URLSearchParams(
        new TextDecoder().decode(await readWhole(request, body, limits.credentialBytes * 4)),
      );
      const next = form.get("next");
      try {
        const cookie = await sessions.seal(form.get("credential")?.trim() ?? "", request);
        return new Response(null, { status: 303, headers: { location: ownAddress(next), "set-cookie": cookie } });
      } catch (error) {
        if (error instanceof RetainWiseError && error.code === "unauthenticated") return signInPage(next, error.detail);
        throw error;
      }
    },
    leave(request) {
      refuseCrossOrigin(request);
      return new Response(null, {
        status: 303,
        headers: { location: "/sign-in", "set-cookie": sessions.end(request) },
      });
    },
  };
}

/** An address of this site: nobody is sent elsewhere after signing in. */
function ownAddress(next: string | null): string {
  if (next === null || !URL.canParse(next, "http://own.invalid")) return "/";
  const { pathname, search } = new URL(next, "http://own.invalid");
  // Two slashes would begin another host.
  return pathname.startsWith("//") ? "/" : pathname + search;
}

function signInPage(next: string | null, refused: string | null): Page {
  return {
    title: "Sign in",
    section: null,
    status: refused === null ? 200 : 401,
    main: html`
<h1>Sign in</h1>
${next === null ? nothing : html`<p class="lead">You are not signed in, or your session has ended. Sign in, and you are back where you were.</p>`}
${refused === null ? nothing : html`<p class="notice bad" role="alert">${refused} Ask whoever runs this service for a new one.</p>`}
<form method="post" action="/sign-in" class="card stack narrow">
<input type="hidden" name="next" value="${ownAddress(next)}">
<label for="credential">API key or token</label>
<input id="credential" name="credential" type="password" autocomplete="current-password" required aria-describedby="credential-help">
<p id="credential-help" class="quiet">It is kept in this browser only, in a cookie that no script can read.</p>
<button class="primary">Sign in</button>
</form>`,
  };
}
