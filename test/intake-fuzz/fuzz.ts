/**
 * `bun run fuzz [--cases N] [--seed S]`: sends N hostile files, numbered from S, through reading and scoring in the inference thread. Each
 * must end within 10 s, completed, with a question or with a reason, and the thread must answer afterwards. Prints how they ended and every
 * kind of fault with the number of its first file, and ends with 1 if there is one: `--cases 1 --seed NUMBER` runs that file alone.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { startTarget } from "./fuzz-target.ts";
import { hostileFile } from "./hostile-file.ts";
import { meetFile } from "./meet-file.ts";

const { values } = parseArgs({ options: { cases: { type: "string" }, seed: { type: "string" } } });
const cases = Number(values.cases ?? 10_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const say = (text: string) => process.stdout.write(`${text}\n`);
const { inference, model } = await startTarget();
const ends = new Map<string, number>();
const faults = new Map<string, { first: number; recipe: string; count: number }>();
let bytes = 0;
let slowest = { milliseconds: 0, number: seed };
say(`${cases} files from number ${seed}`);
for (let number = seed; number < seed + cases; number++) {
  const file = hostileFile(number);
  const { end, milliseconds, fault } = await meetFile(inference, model, file, { milliseconds: 10_000 });
  bytes += file.bytes.length;
  ends.set(end, (ends.get(end) ?? 0) + 1);
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, number };
  if (fault === null) continue;
  const known = faults.get(fault);
  if (known !== undefined) known.count++;
  else {
    faults.set(fault, { first: number, recipe: file.recipe, count: 1 });
    say(`file ${number} (${file.recipe}): ${fault}`);
  }
}
await inference.stop();
for (const [end, count] of [...ends].sort((a, b) => b[1] - a[1])) say(`${String(count).padStart(6)} ${end}`);
say(`${(bytes / 1e6).toFixed(1)} MB; the slowest, file ${slowest.number}, took ${slowest.milliseconds.toFixed(0)} ms`);
for (const [fault, { first, count }] of faults) say(`${count} times, first file ${first}: ${fault.split("\n")[0]}`);
say(`${faults.size} kinds of fault`);
process.exit(faults.size === 0 ? 0 : 1);
