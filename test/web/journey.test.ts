/** The whole way as a person goes it, in a real browser: every number on the pages is that of the REST answer. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { chromiumPath, openBrowser } from "./open-browser.ts";
import { customersCsv, type RunningSite, startSite } from "./start-site.ts";

const skip = skipWithout("Chromium", chromiumPath !== null);
let site: RunningSite;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
after(async () => {
  await browser?.close();
  await site?.end();
});

const file = (name: string, text: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const stat = (label: string) =>
  page
    .locator(".stat", { has: page.locator("dt", { hasText: label }) })
    .first()
    .locator("dd");

test("a file is chosen, shown as it was read, sent, and its result is REST's", { skip }, async () => {
  [site, browser] = await Promise.all([startSite(), openBrowser()]);
  page = await browser.newPage();
  await page.goto(site.url);
  await page.getByText("Bring one row per customer").waitFor();
  const name = `"<script>alert(1)</script>"`;
  const csv = customersCsv(300)
    .split("\n")
    .map((line, i) => (line === "" ? line : i === 0 ? `${line},${name}` : `${line},\u202ex`));
  await page.setInputFiles("#file", file("a".repeat(200), csv.join("\n")));
  await page.getByText("All that is needed is there.").waitFor();
  assert.match((await page.locator("#read-as").textContent()) ?? "", /UTF-8, columns separated by commas/);
  await page.getByRole("button", { name: "Upload and score" }).click();
  await page.getByText("Customers, those most at risk first").waitFor();
  const id = page.url().split("/").at(-1)!;
  const summary = await site.json<{ tiers: Record<string, number> }>(`/v1/uploads/${id}/summary`);
  const high = await stat("At high risk").evaluate((shown) => shown.firstChild?.textContent);
  assert.equal(high, String(summary.tiers["high"]));
  const { data } = await site.json<{ data: { customer_id: string; churn_probability: number }[] }>(
    `/v1/uploads/${id}/predictions?limit=1`,
  );
  assert.equal(await page.locator(".customers tbody a").first().textContent(), data[0]!.customer_id);
});

test("customers are filtered and searched without a new page, and the address says what is shown", {
  skip,
}, async () => {
  await page.selectOption("#tier", "low");
  await page.waitForURL(/tier=low/);
  assert.deepEqual(new Set(await page.locator(".customers .badge").allTextContents()), new Set(["low"]));
  await page.selectOption("#tier", "");
  await page.waitForURL((address) => !address.search.includes("tier"));
  await page.selectOption("#reason", "contract");
  await page.waitForURL(/reason=contract/);
  const id = new URL(page.url()).pathname.split("/").at(-1)!;
  const { data } = await site.json<{ data: { customer_id: string }[] }>(
    `/v1/uploads/${id}/predictions?limit=25&reason=contract`,
  );
  assert.ok(data.length > 0);
  assert.deepEqual(
    await page.locator(".customers tbody a").allTextContents(),
    data.map((customer) => customer.customer_id),
  );
  await page.selectOption("#reason", "");
  await page.fill("#q", "C-77");
  await page.waitForURL(/q=C-77/);
  assert.deepEqual(await page.locator(".customers tbody a").allTextContents(), ["C-77"]);
});

test("a customer's page adds up, and what-if says what POST /v1/predict says", { skip }, async () => {
  await page.getByRole("link", { name: "C-77" }).click();
  await page.getByText("What the score is made of").waitFor();
  const [, , , upload, , row] = page.url().split("/").slice(1);
  const detail = await site.json<{ base_value: number; raw_score: number; attributions: { shap_value: number }[] }>(
    `/v1/uploads/${upload}/predictions/${row}`,
  );
  const points = (await page.locator(".waterfall tbody td.number").allTextContents()).map(Number);
  assert.equal(points[0], Number(detail.base_value.toFixed(2)));
  assert.equal(points.at(-1), Number(detail.raw_score.toFixed(2)));
  const steps = points.slice(1, -1).reduce((sum, each) => sum + each, points[0]!);
  assert.ok(Math.abs(steps - detail.raw_score) < 0.1, `${steps} and ${detail.raw_score}`);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/v1/predict")),
    page.selectOption("#what-if-contract", "Month-to-month"),
  ]);
  const { predictions } = (await answer.json()) as { predictions: { churn_probability: number }[] };
  const shown = page.locator("#what-if-probability");
  const expected = `${(100 * predictions[0]!.churn_probability).toFixed(1)}%`;
  await page.getByText("percentage points").waitFor();
  assert.equal(await shown.textContent(), expected);
});

test("a doubtful column is asked about, the answer is remembered and can be forgotten", { skip }, async () => {
  await page.goto(site.url);
  const csv = customersCsv(300).replace("tenure_months", "tenure (days)");
  await page.setInputFiles("#file", file("days.csv", csv));
  await page.getByRole("button", { name: "Upload and score" }).click();
  await page.waitForURL(/mapping$/);
  await page.locator("input[type=radio]").first().check();
  await page.getByRole("button", { name: "Go on with this" }).click();
  await page.getByText("Customers, those most at risk first").waitFor();
  await page.goto(`${site.url}/mappings`);
  assert.equal(await page.locator("input[name=column]").inputValue(), "tenure (days)");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Forget" }).click();
  await page.getByText("Nothing is remembered yet").waitFor();
});

test("what no column says and is the same for all customers is said once", { skip }, async () => {
  await page.goto(site.url);
  const csv = customersCsv(120).replaceAll(/,[^,\n]*$/gm, "");
  await page.setInputFiles("#file", file("no-contract.csv", csv));
  await page.getByRole("button", { name: "Upload and score" }).click();
  await page.waitForURL(/mapping$/);
  await page.selectOption("[data-constant]", "Two year");
  await page.getByRole("button", { name: "Go on with this" }).click();
  await page.getByText("Customers, those most at risk first").waitFor();
  const id = page.url().split("/").at(-1)!;
  const { constants, rows } = await site.json<{ constants: unknown; rows: { scored: number } }>(`/v1/uploads/${id}`);
  assert.deepEqual([constants, rows.scored], [[{ feature: "contract", value: "Two year" }], 120]);
});

test("by keyboard alone the first customer is opened from the results", { skip }, async () => {
  await page.locator("#q").focus();
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press("Tab");
    const href = await page.evaluate("document.activeElement.getAttribute('href')");
    if (/\/customers\/\d+$/.test(String(href))) break;
  }
  await page.keyboard.press("Enter");
  await page.getByText("What the score is made of").waitFor();
});

test("rows that were set aside are corrected, brought back, and scored in their place", { skip }, async () => {
  const right = customersCsv(100);
  const wrong = right.replace("C-5,35,", "C-5,many,").replace("C-9,63,", "C-9,-1,");
  assert.notEqual(right, wrong);
  const { upload_id } = await site.score(wrong);
  await page.goto(`${site.url}/uploads/${upload_id}/problems`);
  await page.getByText("2 rows were set aside").waitFor();
  const rejected = await (await fetch(`${site.url}/v1/uploads/${upload_id}/rejected.csv`)).text();
  const corrected = rejected.replace("C-5,many,", "C-5,35,").replace("C-9,-1,", "C-9,63,");
  await page.setInputFiles("#corrected", file("rejected.csv", corrected));
  await page.getByRole("button", { name: "Put them back" }).click();
  await page.getByText("2 corrected rows were put back").waitFor();
  const { rows } = await site.json<{ rows: { scored: number; rejected: number } }>(`/v1/uploads/${upload_id}`);
  assert.deepEqual([rows.scored, rows.rejected], [100, 0]);
});

test("what is no CSV is refused beside the file with what to do", { skip }, async () => {
  await page.goto(site.url);
  await page.setInputFiles("#file", file("customers.xlsx", "PK\u0003\u0004 and the rest of a workbook"));
  const refused = page.locator("#refused");
  await refused.waitFor();
  assert.match((await refused.textContent()) ?? "", /not a CSV[\s\S]*CSV UTF-8/);
});
