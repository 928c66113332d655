import { type Browser, chromium } from "playwright-core";
import { program } from "../parts.ts";

/** Debian's Chromium, or what stands beside it under another name; null where there is none. */
export const chromiumPath = program("chromium") ?? program("chromium-browser") ?? program("google-chrome");

/** A real browser without a window. It reaches nothing but this machine: names resolve to nothing. */
export function openBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error("There is no Chromium on PATH.");
  return chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
  });
}
