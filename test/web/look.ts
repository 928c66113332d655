/**
 * `bun test/web/look.ts ADDRESS OUT.png [light|dark] [WIDTH] [top]`: a picture of one page of a running service, for whoever works on it; tells what
 * axe-core finds, what the browser's console says, and whether the page is wider than the window.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";
import { openBrowser } from "./open-browser.ts";

const [address = "", out = "", scheme = "light", width = "1440"] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await openBrowser();
const context = await browser.newContext({
  viewport: { width: Number(width), height: 900 },
  colorScheme: scheme === "dark" ? "dark" : "light",
  bypassCSP: true,
});
const page = await context.newPage();
page.on("console", (message) => process.stdout.write(`console ${message.type()}: ${message.text()}\n`));
page.on("pageerror", (error) => process.stdout.write(`error: ${error.message}\n`));
// Not until the network is idle: a page that listens to events never is.
await page.goto(address, { waitUntil: "load" });
await page.waitForTimeout(500);
await page.screenshot({ path: out, fullPage: process.argv[6] !== "top" });
await page.evaluate(axe);
const found = await page.evaluate(
  `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, help, nodes }) => id + ": " + help + "\\n" + nodes.map(({ html }) => "    " + html.slice(0, 200)).join("\\n")))`,
);
const wider = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
process.stdout.write(
  `${(found as string[]).join("\n")}\n${wider === true ? "the page is wider than the window\n" : ""}`,
);
await browser.close();
