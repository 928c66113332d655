/** Where callers are identified: nobody sees a page unknown, and a session is as good as its key. */
import assert from "node:assert/strict";
import { run } from "../front-door/cli.ts";
import { after, test } from "../slow-test.ts";
import { startSite } from "./start-site.ts";

const site = await startSite({ RETAINWISE_AUTH: "keys" });
after(() => site.end());
const environment = { RETAINWISE_HOME: site.home };
const created = await run(["key", "create", "--name", "pages"], { environment });
const [keyId = ""] = created.stdout.split(".");
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(site.url + path, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "sec-fetch-site": "same-origin", ...headers },
    redirect: "manual",
  });

test("a page that nobody signed in for leads to signing in and back, and shows nothing of it", async () => {
  for (const path of ["/", "/operations", "/uploads/0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10?tier=high"]) {
    const { status, headers } = await site.page(path);
    assert.equal(status, 303, path);
    assert.equal(headers.get("location"), `/sign-in?next=${encodeURIComponent(path)}`);
  }
  assert.equal((await site.page("/sign-in")).status, 200);
});

test("a key opens the pages and the calls that they make; a revoked one closes them", async () => {
  const refused = await post("/sign-in", { credential: "rw_nobody.nothing", next: "/" });
  assert.equal(refused.status, 401);
  assert.match(await refused.text(), /role="alert"/);
  const entered = await post("/sign-in", { credential: created.stdout.trim(), next: "/operations" });
  assert.deepEqual([entered.status, entered.headers.get("location")], [303, "/operations"]);
  const cookie = entered.headers.get("set-cookie")!.split(";")[0]!;
  const page = await site.page("/operations", { cookie });
  assert.equal(page.status, 200);
  assert.match(page.text, /<button class="link">Sign out<\/button>/);
  assert.equal((await fetch(`${site.url}/v1/uploads`, { headers: { cookie } })).status, 200);
  assert.equal((await run(["key", "revoke", keyId], { environment })).code, 0);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal((await site.page("/operations", { cookie })).status, 303);
  const left = await post("/sign-out", {}, { cookie });
  assert.match(left.headers.get("set-cookie") ?? "", /Max-Age=0/);
});

test("another site can neither sign anybody in nor send them elsewhere afterwards", async () => {
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  assert.equal((await post("/sign-in", { credential: "x" }, foreign)).status, 403);
  const key = (await run(["key", "create"], { environment })).stdout.trim();
  for (const next of [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "/.//evil.example/",
    "javascript:alert(1)",
  ]) {
    const { headers } = await post("/sign-in", { credential: key, next });
    assert.doesNotMatch(headers.get("location") ?? "", /evil|javascript/, next);
  }
});
