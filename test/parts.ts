/** Heavy parts that a test may need. A missing one is a skip with its name, and a failure where everything must run. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("..", import.meta.url));

/** False when the part is there; otherwise the reason to skip. With RETAINWISE_TEST_ALL=1 a missing part throws. */
export function skipWithout(part: string, isPresent: boolean): string | false {
  if (isPresent) return false;
  if (process.env.RETAINWISE_TEST_ALL === "1") throw new Error(`missing: ${part}`);
  return `needs ${part}`;
}

/** Path of a data file that is shared beside the checkout and never committed; null where it is absent. */
export function sharedData(name: string): string | null {
  const path = join(repository, "..", "shared", "data", name);
  return existsSync(path) ? path : null;
}

/** Path of a program on PATH, or null. */
export function program(...names: string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** Python with the pinned packages of training/requirements.txt, which `training/test` installs; null where it did not. */
export function referencePython(): string | null {
  const path = process.env.RETAINWISE_TEST_PYTHON ?? join(repository, ".cache/training-venv/bin/python");
  return existsSync(path) ? path : null;
}
