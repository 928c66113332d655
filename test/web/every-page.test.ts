/** What holds of every page, in a real browser: accessible, never wider than its window, light and dark, and nothing that the browser complains of. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { chromiumPath, openBrowser } from "./open-browser.ts";
import { makeScenes, type Scene } from "./scenes.ts";
import { type RunningSite, startSite } from "./start-site.ts";

const skip = skipWithout("Chromium", chromiumPath !== null);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let site: RunningSite;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let scenes: readonly Scene[] = [];
after(async () => {
  await browser?.close();
  await site?.end();
});

test("every page has something to show", { skip }, async () => {
  [site, browser] = await Promise.all([startSite(), openBrowser()]);
  scenes = await makeScenes(site);
  assert.ok(scenes.length > 10);
});

for (const [width, colorScheme] of [
  [1440, "light"],
  [1440, "dark"],
  [390, "dark"],
] as const) {
  test(`at ${width} px, ${colorScheme}: axe-core finds nothing, no page is wider than its window, the console is silent`, {
    skip,
  }, async () => {
    // axe is put into the page as a script of ours, which its own policy forbids.
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    const wrong: string[] = [];
    for (const { name, path } of scenes) {
      const said = listen(page);
      const response = await page.goto(site.url + path, { waitUntil: "load" });
      const missing = name === "not-found" ? 404 : 200;
      if (response?.status() !== missing) wrong.push(`${name}: answers ${response?.status()}`);
      wrong.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
      if (await isWider(page)) wrong.push(`${name}: wider than ${width} px`);
      wrong.push(
        ...said()
          .filter((text) => !text.includes("404"))
          .map((text) => `${name}: ${text}`),
      );
    }
    await context.close();
    assert.deepEqual(wrong, []);
  });
}

test("axe-core sees what is wrong: a picture without words and grey on grey are told", { skip }, async () => {
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`${site.url}/operations`);
  await page.evaluate(
    `document.querySelector("main").innerHTML += '<svg role="img"></svg><p style="color:#888;background:#999">no</p>'`,
  );
  const found = await violations(page);
  await page.close();
  assert.ok(
    found.some((each) => each.startsWith("svg-img-alt")) && found.some((each) => each.startsWith("color-contrast")),
  );
});

test("under the pages' own policy nothing is refused that a page needs, and its scripts weigh little", {
  skip,
}, async () => {
  const page = await browser.newPage();
  const wrong: string[] = [];
  for (const { name, path } of scenes) {
    const scripts = new Set<string>();
    page.removeAllListeners("request");
    page.on("request", (request) => {
      if (request.resourceType() === "script") scripts.add(new URL(request.url()).pathname);
    });
    const said = listen(page);
    await page.goto(site.url + path, { waitUntil: "load" });
    await page.waitForTimeout(100);
    const texts = await Promise.all([...scripts].map(async (script) => (await site.page(script)).text));
    const weight = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
    if (weight > 100_000) wrong.push(`${name}: ${weight} bytes of script, gzipped`);
    wrong.push(
      ...said()
        .filter((text) => /Content Security Policy|Refused/.test(text))
        .map((text) => `${name}: ${text}`),
    );
  }
  await page.close();
  assert.deepEqual(wrong, []);
});

test("fifty page changes leave no memory behind", { skip }, async () => {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const measure = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)!.value;
    return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), documents: of("Documents") };
  };
  const round = async () => {
    for (const { path } of scenes) await page.goto(site.url + path, { waitUntil: "load" });
    await page.goto(site.url + scenes[1]!.path, { waitUntil: "load" });
    return measure();
  };
  const first = await round();
  let last = first;
  for (let changes = 0; changes < 50; changes += scenes.length) last = await round();
  await page.close();
  assert.ok(last.heap < first.heap * 1.2 + 1_000_000, JSON.stringify({ first, last }));
  assert.ok(last.nodes < first.nodes * 1.2 && last.documents <= first.documents + 2, JSON.stringify({ first, last }));
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return (await page.evaluate(
    `axe.run({ runOnly: ${JSON.stringify(rules)} }).then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ": " + help + ": " + html.slice(0, 160))))`,
  )) as string[];
}

const isWider = async (page: Page): Promise<boolean> =>
  (await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")) === true;

/** What the browser complains of from now on. */
function listen(page: Page): () => string[] {
  const said: string[] = [];
  page.removeAllListeners("console");
  page.removeAllListeners("pageerror");
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.push(message.text());
  });
  page.on("pageerror", (error) => void said.push(error.message));
  return () => said;
}
