/** An upload that is followed from its page: the connection that is lost, the session that ends, the upload that goes away. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { run } from "../front-door/cli.ts";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { chromiumPath, openBrowser } from "./open-browser.ts";
import { customersCsv, type RunningSite, startSite } from "./start-site.ts";

const skip = skipWithout("Chromium", chromiumPath !== null);
let site: RunningSite;
let identified: RunningSite;
let browser: Awaited<ReturnType<typeof openBrowser>>;
after(async () => {
  await browser?.close();
  await site?.end();
  await identified?.end();
});

/** Runs for seconds, so that there is something to follow. */
const long = customersCsv(120_000);

/** Only an upload with results has these tabs. */
const finished = (page: Page) => page.getByRole("navigation", { name: "This upload" }).waitFor({ timeout: 120_000 });

test("the service and the browser are there", { skip }, async () => {
  [site, browser] = await Promise.all([startSite(), openBrowser()]);
});

test("a lost connection is told while the work goes on, and the page finds the result by itself", {
  skip,
}, async () => {
  const id = await started(site, long);
  const context = await browser.newContext();
  const page = await context.newPage();
  let lost = true;
  await page.route(/\/v1\/uploads\/[^/]+(\/events)?$/, (route) => (lost ? route.abort() : route.continue()));
  await page.goto(`${site.url}/uploads/${id}`);
  await page.getByRole("alert").getByText("The connection is lost.").waitFor({ timeout: 30_000 });
  lost = false;
  await finished(page);
  await context.close();
});

test("where events never come through, looking at the upload leads to its end all the same", { skip }, async () => {
  const id = await started(site, long);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route(/\/events$/, (route) => route.abort());
  await page.goto(`${site.url}/uploads/${id}`);
  await finished(page);
  await context.close();
});

test("an upload is deleted while it runs, after a question, and the uploads are shown", { skip }, async () => {
  const id = await started(site, long, "?filename=deleted.csv");
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${site.url}/uploads/${id}`);
  // Whoever follows the upload hears that it is gone before the answer is there.
  await page.route(`**/v1/uploads/${id}`, async (route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    const response = await route.fetch();
    await page.waitForTimeout(2_000);
    await route.fulfill({ response });
  });
  await page.getByRole("button", { name: "Delete this upload" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete this upload?" });
  await dialog.getByText("deleted.csv").waitFor();
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await page.waitForURL(`${site.url}/`);
  await page.getByRole("heading", { name: "Who is about to leave?" }).waitFor();
  assert.equal(await page.getByText("deleted.csv", { exact: true }).count(), 0);
  await context.close();
});

test("a session that ended while a file was scored leads to signing in and back", { skip }, async () => {
  identified = await startSite({ RETAINWISE_AUTH: "keys" });
  const environment = { RETAINWISE_HOME: identified.home };
  const key = (await run(["key", "create", "--name", "follows"], { environment })).stdout.trim();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${identified.url}/sign-in`);
  await page.getByLabel("API key or token").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Who is about to leave?" }).waitFor();
  const id = await started({ url: identified.url, headers: { authorization: `Bearer ${key}` } }, long);
  let open = true;
  await page.route(/\/events$/, (route) => (open ? route.continue() : route.abort()));
  await page.goto(`${identified.url}/uploads/${id}`);
  assert.equal((await run(["key", "revoke", key.split(".")[0]!], { environment })).code, 0);
  open = false;
  await page.waitForURL(`${identified.url}/sign-in?next=*`, { timeout: 60_000 });
  assert.match(page.url(), new RegExp(`next=${encodeURIComponent(`/uploads/${id}`)}`));
  await page.getByText("your session has ended").waitFor();
  await context.close();
});

async function started(
  { url, headers = {} }: { url: string; headers?: Readonly<Record<string, string>> },
  text: string,
  query = "",
): Promise<string> {
  const response = await fetch(`${url}/v1/uploads${query}`, {
    method: "POST",
    headers: { "content-type": "text/csv", ...headers },
    body: text,
  });
  assert.equal(response.status, 202);
  return ((await response.json()) as { upload_id: string }).upload_id;
}
