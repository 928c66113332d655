/** A session of the pages: the caller's own credential, encrypted (JWE, RFC 7516: dir, A256GCM) in a cookie that no script can read. */
import { createHash } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Identify } from "./identity.ts";

const cookieName = "retainwise_session";

export interface Sessions {
  /** Who asks, by the Authorization header where there is one, else by the cookie's credential, which is looked at anew each time. */
  readonly identify: Identify;
  /** Value of `Set-Cookie` for a credential that the service accepts. Throws `unauthenticated`, `identity_unavailable`, `database_unavailable`. */
  seal(credential: string, request: Request): Promise<string>;
  /** Value of `Set-Cookie` that ends the session. */
  end(request: Request): string;
}

/** `secret`: the same in every process that answers for one service. */
export function createSessions(identify: Identify, { secret }: { readonly secret: string }): Sessions {
  const key = createHash("sha256").update(`session of the pages\n${secret}`).digest();

  const open = async (sealed: string): Promise<string> => {
    try {
      const { payload } = await jwtDecrypt(sealed, key, {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
      });
      if (typeof payload["credential"] === "string") return payload["credential"];
    } catch (cause) {
      throw new RetainWiseError("unauthenticated", "The session has ended: sign in again.", { cause });
    }
    throw new RetainWiseError("unauthenticated", "The session has ended: sign in again.");
  };

  return {
    async identify(request) {
      const sealed = request.headers.has("authorization") ? null : cookieOf(request);
      return identify(sealed === null ? request : withCredential(request.url, await open(sealed)));
    },
    async seal(credential, request) {
      await identify(withCredential(request.url, credential));
      const sealed = await new EncryptJWT({ credential })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setExpirationTime(new Date(Date.now() + limits.sessionSeconds * 1_000))
        .encrypt(key);
      return `${cookieName}=${sealed}; Max-Age=${limits.sessionSeconds}${attributes(request)}`;
    },
    end: (request) => `${cookieName}=; Max-Age=0${attributes(request)}`,
  };
}

/** Header names are case-insensitive; a credential that no header can hold is none. */
function withCredential(url: string, credential: string): Request {
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(credential))
    throw new RetainWiseError("unauthenticated", "That is no API key and no token.");
  return new Request(url, { headers: { authorization: `Bearer ${credential}` } });
}

function cookieOf(request: Request): string | null {
  const found = request.headers
    .get("cookie")
    ?.split("; ")
    .find((pair) => pair.startsWith(`${cookieName}=`));
  const value = found?.slice(cookieName.length + 1) ?? "";
  return value === "" ? null : value;
}

/** Encrypted connections only, but for this machine itself, where a browser may have no other. */
function attributes(request: Request): string {
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(request.url).hostname);
  return `; Path=/; HttpOnly; SameSite=Strict${isLoopback ? "" : "; Secure"}`;
}
