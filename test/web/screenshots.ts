/** `bun run screenshots [FOLDER]`: every page at 1440 and 390 px, light and dark, into docs/screenshots, from a service of its own with made-up customers. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { repository } from "../parts.ts";
import { openBrowser } from "./open-browser.ts";
import { makeScenes } from "./scenes.ts";
import { startSite } from "./start-site.ts";

const out = process.argv[2] ?? join(repository, "docs/screenshots");
mkdirSync(out, { recursive: true });
const site = await startSite();
const browser = await openBrowser();
try {
  const scenes = await makeScenes(site);
  for (const width of [1440, 390]) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, timezoneId: "UTC" });
      const page = await context.newPage();
      for (const { name, path } of scenes) {
        await page.goto(site.url + path, { waitUntil: "load" });
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(out, `${name}-${width}-${colorScheme}.png`) });
        process.stdout.write(`${name} ${width} ${colorScheme}\n`);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await site.end();
}
