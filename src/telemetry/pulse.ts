/**
 * The sign of life of a running process, for whoever has to know without a port: a small file under the home, written anew every few seconds
 * by the supervisor's own event loop. A loop that stands still, a stopped process and a full disk all let it grow old.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { limits } from "../limits.ts";
import type { Log } from "./logger.ts";

const PulseFacts = v.object({
  role: v.string(),
  /** `http://host:port`; empty where nothing listens. */
  url: v.string(),
  pid: v.number(),
  /** Milliseconds since 1970, by the machine's clock. */
  at: v.number(),
});
export type PulseFacts = v.InferOutput<typeof PulseFacts>;

export interface Pulse {
  /** Removes the file. */
  stop(): Promise<void>;
}

/** One process a home: a second one's pulse overwrites the first's. */
export async function startPulse(
  { log }: { readonly log: Log },
  { home, role, url }: { readonly home: string; readonly role: string; readonly url: string },
): Promise<Pulse> {
  const file = pulseFile(home);
  const draft = `${file}.new`;
  let failing = false;
  const beat = async (): Promise<void> => {
    try {
      await mkdir(home, { recursive: true });
      const facts: PulseFacts = { role, url, pid: process.pid, at: Date.now() };
      await writeFile(draft, JSON.stringify(facts));
      await rename(draft, file);
      failing = false;
    } catch (error) {
      // Told once: the next beat comes soon, and the age of the file says the rest.
      if (!failing) log("pulse.failed", {}, error);
      failing = true;
    }
  };
  let beating = beat();
  await beating;
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, limits.pulseSeconds * 1_000);
  return {
    async stop() {
      clearInterval(timer);
      await beating;
      await rm(file, { force: true }).catch((error: unknown) => log("pulse.failed", {}, error));
    },
  };
}

/** Null where no process has left one. */
export async function readPulse(home: string): Promise<PulseFacts | null> {
  const text = await readFile(pulseFile(home), "utf8").catch(() => null);
  return text === null ? null : v.parse(v.pipe(v.string(), v.parseJson(), PulseFacts), text);
}

const pulseFile = (home: string): string => join(home, "pulse.json");
