import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { bearerOf } from "../../src/identity/bearer.ts";
import type { Identify } from "../../src/identity/identity.ts";
import { createSessions } from "../../src/identity/session.ts";

const accepted = new Set(["rw_good.secret"]);
const identify: Identify = async (request) => {
  if (!accepted.has(bearerOf(request))) throw new RetainWiseError("unauthenticated", "No such key.");
  return { tenantId: "t", by: "key:good", user: "good" };
};
const sessions = createSessions(identify, { secret: "s".repeat(32) });
const page = (headers: Record<string, string> = {}, url = "http://127.0.0.1:8080/v1/uploads") =>
  new Request(url, { headers });
const pairOf = (cookie: string): string => cookie.slice(0, cookie.indexOf(";"));

describe("a session of the pages", () => {
  it("is a cookie that no script reads, no other site sends and no plain connection carries, and holds no readable key", async () => {
    const cookie = await sessions.seal("rw_good.secret", page({}, "https://retain.example/sign-in"));
    for (const word of ["; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/", "; Max-Age=43200"])
      assert.ok(cookie.includes(word), word);
    assert.ok(!cookie.includes("secret") && !Buffer.from(cookie, "base64url").toString("latin1").includes("rw_good"));
    assert.ok(
      !(await sessions.seal("rw_good.secret", page())).includes("Secure"),
      "this machine may have no encryption",
    );
  });

  it("says who asks, as the credential itself would, and an Authorization header goes first", async () => {
    const cookie = pairOf(await sessions.seal("rw_good.secret", page()));
    const known = { tenantId: "t", by: "key:good", user: "good" };
    assert.deepEqual(await sessions.identify(page({ cookie: `theme=dark; ${cookie}` })), known);
    assert.deepEqual(await sessions.identify(page({ authorization: "Bearer rw_good.secret" })), known);
    await assert.rejects(sessions.identify(page({ cookie, authorization: "Bearer rw_bad.secret" })), /No such key/);
    await assert.rejects(sessions.identify(page()), /no Authorization header/);
  });

  it("is refused when its credential is, or when anything of it was changed or sealed by another service", async () => {
    await assert.rejects(sessions.seal("rw_bad.secret", page()), /No such key/);
    await assert.rejects(sessions.seal("two words", page()), /no API key and no token/);
    const cookie = pairOf(await sessions.seal("rw_good.secret", page()));
    const middle = cookie.length - 30;
    const other = cookie[middle] === "A" ? "B" : "A";
    const changed = `${cookie.slice(0, middle)}${other}${cookie.slice(middle + 1)}`;
    await assert.rejects(sessions.identify(page({ cookie: changed })), /session has ended/);
    const elsewhere = createSessions(identify, { secret: "o".repeat(32) });
    await assert.rejects(elsewhere.identify(page({ cookie })), /session has ended/);
    accepted.delete("rw_good.secret");
    await assert.rejects(sessions.identify(page({ cookie })), /No such key/);
    accepted.add("rw_good.secret");
  });

  it("ends when it is ended", () => {
    assert.match(sessions.end(page()), /^retainwise_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/);
  });
});
