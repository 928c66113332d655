/**
 * `bun run bench pages [--customers N] [--runs N]`: what a person waits for. From sending 1,000 customers to their result on the page; and the results
 * of N customers (100,000) beside those of 1,000 in the same run: until the page can be used, until a filter and a search answer, and what the
 * page weighs. A real browser without a window, the service on its embedded default.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../test/web/open-browser.ts";
import { type RunningSite, startSite } from "../test/web/start-site.ts";
import { customerHeader, makeCustomers } from "./customers.ts";
import { median, writeResult } from "./measure.ts";

export async function benchPages(options: readonly string[]): Promise<void> {
  const given = { type: "string" } as const;
  const { values } = parseArgs({ args: [...options], options: { customers: given, runs: given } });
  const customers = Number(values.customers ?? 100_000);
  const runs = Number(values.runs ?? 5);
  const site = await startSite();
  const browser = await openBrowser();
  try {
    const small = fileOf(1_000);
    const waits: number[] = [];
    for (let run = 0; run < runs; run++) waits.push(await untilResult(site, browser, small));
    const few = await look(site, browser, (await site.score(small)).upload_id, runs);
    const many = await look(site, browser, (await site.score(fileOf(customers))).upload_id, runs);
    writeResult("pages", {
      machine: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores for everything`,
      ...{ customers, runs },
      upload_to_result_of_1000_milliseconds: median(waits),
      of_1000: few,
      of_many: many,
      interactive_many_to_1000: many.interactive_milliseconds / few.interactive_milliseconds,
    });
  } finally {
    await browser.close();
    await site.end();
  }
}

function fileOf(customers: number): string {
  return [customerHeader, ...makeCustomers(customers, 1)].map((cells) => `${cells.join(",")}\n`).join("");
}

/** From the first byte sent until the browser shows the first customer. */
async function untilResult(site: RunningSite, browser: Browser, csv: string): Promise<number> {
  const page = await browser.newPage();
  const startedAt = performance.now();
  const { upload_id } = await site.score(csv);
  await page.goto(`${site.url}/uploads/${upload_id}`);
  await page.locator("a[href*='/customers/']").first().waitFor();
  const waited = performance.now() - startedAt;
  await page.close();
  return waited;
}

interface Looked {
  readonly interactive_milliseconds: number;
  readonly filter_milliseconds: number;
  readonly search_milliseconds: number;
  readonly rare_reason_milliseconds: number;
  readonly page_kilobytes: number;
}

async function look(site: RunningSite, browser: Browser, uploadId: string, runs: number): Promise<Looked> {
  const taken = { interactive: [] as number[], filter: [] as number[], search: [] as number[], reason: [] as number[] };
  let kilobytes = 0;
  for (let run = 0; run < runs; run++) {
    const page = await browser.newPage();
    const address = `${site.url}/uploads/${uploadId}`;
    taken.interactive.push(await timeTo(page, address));
    kilobytes = (await page.content()).length / 1_000;
    taken.filter.push(await timeTo(page, `${address}?tier=high`));
    taken.search.push(await timeTo(page, `${address}?q=99`));
    // Of few customers a strong reason: nearly every row is looked at.
    taken.reason.push(await timeTo(page, `${address}?reason=partner`));
    await page.close();
  }
  return {
    interactive_milliseconds: median(taken.interactive),
    filter_milliseconds: median(taken.filter),
    search_milliseconds: median(taken.search),
    rare_reason_milliseconds: median(taken.reason),
    page_kilobytes: kilobytes,
  };
}

/** Until the page has loaded, its scripts have run, and a frame was drawn after that. */
async function timeTo(page: Page, address: string): Promise<number> {
  const startedAt = performance.now();
  await page.goto(address, { waitUntil: "load" });
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))");
  return performance.now() - startedAt;
}
