import assert from "node:assert/strict";
import { after, test } from "../slow-test.ts";
import { customersCsv, startSite } from "./start-site.ts";

const site = await startSite();
after(() => site.end());
await site.score(customersCsv(120));
await site.score('customer_id,tenure_months\n"C-1,2\n');

interface Pipeline {
  readonly totals: { readonly accepted: number; readonly completed: number; readonly failed: number };
}

test("Operations shows REST's numbers: health, what waits, the week, why uploads failed, the model and its drift", async () => {
  const { status, text, headers } = await site.page("/operations");
  assert.equal(status, 200);
  assert.match(headers.get("content-security-policy") ?? "", /script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(headers.get("content-security-policy") ?? "", /unsafe/);
  const { totals } = await site.json<Pipeline>("/v1/health/pipeline");
  const stat = (label: string) => new RegExp(`<dt>${label}</dt><dd>([^<]*)`).exec(text)?.[1];
  assert.deepEqual(
    [stat("Uploads"), stat("Done"), stat("Failed"), stat("Customers scored"), stat("Given up")],
    [...[totals.accepted, totals.completed, totals.failed].map(String), "120", "0"],
  );
  assert.deepEqual([totals.completed, totals.failed], [1, 1]);
  assert.match(text, /<code>csv_malformed<\/code>/);
  const { data } = await site.json<{ data: { digest: string; version: string }[] }>("/v1/models");
  for (const { digest, version } of data) assert.ok(text.includes(digest) && text.includes(version));
  assert.ok(text.includes("population stability index"));
  const own = text.replace(/<div class="model-card">[\s\S]*?<\/details>/, "");
  assert.ok(own.length < text.length && !/undefined|NaN|\[object/.test(own));
});

test("no page has a style or a script in it", async () => {
  const { text } = await site.page("/operations");
  assert.doesNotMatch(text, /style="|<style|<script(?! type="module" src="\/assets\/)| on[a-z]+="/);
});

test("nothing was given up: REST lists nothing and moves nothing", async () => {
  assert.deepEqual(await site.json("/v1/dead-letters"), { data: [] });
  const answer = await fetch(`${site.url}/v1/dead-letters/redrive`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assert.deepEqual(await answer.json(), { moved: 0 });
});

test("what is no page is the API's, and an address that there is not is a page for people and a problem for programs", async () => {
  assert.deepEqual(await site.json("/livez"), { status: "alive" });
  const page = await site.page("/nowhere");
  assert.deepEqual([page.status, page.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
  const problem = await fetch(`${site.url}/nowhere`);
  assert.deepEqual([problem.status, problem.headers.get("content-type")], [404, "application/problem+json"]);
  assert.equal((await site.page("/assets/..%2f..%2fsite.ts")).status, 404);
  const style = await site.page("/assets/style.css");
  const again = await site.page("/assets/style.css", { "if-none-match": style.headers.get("etag")! });
  assert.deepEqual([style.status, again.status, again.text], [200, 304, ""]);
});
