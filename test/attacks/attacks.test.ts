/** The built service under attack, on each runtime: what is refused, what is left, who notices. */
import assert from "node:assert/strict";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../src/limits.ts";
import { type FoundRuntime, runtimes } from "../front-door/runtimes.ts";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { type Attack, post } from "./attack.ts";
import { bodyAttacks } from "./body-attacks.ts";
import { type Bystander, createBystander } from "./bystander.ts";
import { converse } from "./conversation.ts";
import { formAttacks } from "./form-attacks.ts";
import { headerAttacks } from "./header-attacks.ts";
import { hostileFiles } from "./hostile-files.ts";
import { jsonAttacks } from "./json-attacks.ts";
import { judge } from "./judge.ts";
import { checkFormulas, sendHostileFile } from "./send-hostile-file.ts";
import { openSlowSockets, type SlowSockets } from "./slow-sockets.ts";
import { startTarget, type Target } from "./target.ts";

/** Of each kind. */
const slowSockets = 50;
/** Bun's own, and on Node ours with the look that comes every two seconds; a busy machine's slack. Deno has no bound: it reads on for ever. */
const slowSeconds: Readonly<Record<string, number>> = { Bun: 20, "Node 22.18 or later": limits.headersSeconds + 10 };
/** What the bystander waits at most while the attacks go on: the longest JSON is parsed on the thread that answers. */
const bystanderSeconds = 15;
/**
 * Growth of resident memory over all attacks, in MB. Measured (RETAINWISE_TEST_MEASURE=1): 26 to 130 on Bun, 210 to 440 on Deno, 330 to 360 on Node, whose engine keeps the heap that 4 MB of nested
 * JSON needed once; with room for a busy machine, which collects later.
 */
const growthMegabytes: Readonly<Record<string, number>> = { Bun: 300, Deno: 800, "Node 22.18 or later": 800 };

for (const runtime of runtimes) declare(runtime);

function declare(runtime: FoundRuntime): void {
  const { name } = runtime;
  const skip = skipWithout(name, runtime.command !== null);
  let target: Target;
  let bystander: Bystander;
  let before: { readonly seen: string; readonly memory: number | null; readonly predicted: string };
  let slow: { readonly sockets: SlowSockets; readonly since: number };
  after(async () => {
    slow?.sockets.stop();
    target?.service.process.kill("SIGTERM");
  });

  test(`${name}: the service starts, another tenant has a file scored, and slow connections take their places`, {
    skip,
  }, async () => {
    target = await startTarget(runtime);
    bystander = await createBystander(target);
    const predicted = await predict(target);
    before = { seen: await bystander.look(), memory: target.residentMegabytes(), predicted };
    slow = { sockets: openSlowSockets(target.url, slowSockets), since: performance.now() };
  });

  const groups: readonly (readonly [string, readonly Attack[]])[] = [
    ["first lines and headers", headerAttacks],
    ["lengths, chunks and trailers", bodyAttacks],
    ["forms", formAttacks],
    ["JSON", jsonAttacks],
  ];
  for (const [what, attacks] of groups) {
    test(`${name}: attacks by ${what} are refused or harmless, leave nothing and tell nothing`, { skip }, async () => {
      const watch = bystander.watch();
      const wrong: string[] = [];
      for (const attack of attacks) wrong.push(...(await judge(target, attack)));
      const { statuses, slowestMilliseconds } = await watch.stop();
      assert.deepEqual(wrong, []);
      assert.deepEqual([...new Set(statuses)], [200]);
      assert.ok(slowestMilliseconds < bystanderSeconds * 1_000, `the bystander waited ${slowestMilliseconds} ms`);
    });
  }

  test(`${name}: hostile files are refused or come to an end with a listed reason`, { skip }, async () => {
    const wrong: string[] = [];
    for (const file of hostileFiles) wrong.push(...(await sendHostileFile(target, file)));
    assert.deepEqual(wrong, []);
    await checkFormulas(target);
  });

  test(`${name}: after it all the other tenant's data, the answers, the log and the memory are as they were`, {
    skip,
  }, async () => {
    assert.equal(await bystander.look(), before.seen);
    assert.equal(await predict(target), before.predicted, "a prototype was changed");
    for (const filename of await filenames(target)) {
      assert.match(filename, /^[^/\\\p{Cc}\u202a-\u202e]{1,255}$/u);
    }
    const log = target.service.output();
    assert.doesNotMatch(log, /request\.failed|"code":"internal"|evil\.example|etc\/passwd/);

    const allowedSeconds = slowSeconds[name];
    if (allowedSeconds !== undefined) {
      const left = () => allowedSeconds * 1_000 - (performance.now() - slow.since);
      while (slow.sockets.open() > 0 && left() > 0) await sleep(200);
      assert.equal(slow.sockets.open(), 0, `of ${slowSockets * 3} slow connections`);
    }
    // Whatever is only garbage has a moment to go.
    await sleep(1_000);
    const now = target.residentMegabytes();
    if (now !== null && before.memory !== null) {
      const grown = now - before.memory;
      if (process.env.RETAINWISE_TEST_MEASURE === "1")
        process.stderr.write(`${name}: ${before.memory.toFixed()} MB, grown by ${grown.toFixed()} MB\n`);
      assert.ok(grown < growthMegabytes[name]!, `${before.memory.toFixed()} MB have grown by ${grown.toFixed()} MB`);
    }
    const ready = await fetch(`${target.url}/readyz`);
    assert.equal(ready.status, 200, await ready.text());
    assert.equal(await target.stop(), 0, "slow connections do not hold up the end");
    slow.sockets.stop();
  });
}

/** Of one customer, as text without what differs from call to call. */
async function predict({ url, authorization }: Target): Promise<string> {
  const body = '{"customers":[{"tenure_months":4,"monthly_charges":50.5,"contract":"One year"}]}';
  const { answers } = await converse(url, post("/v1/predict", "application/json", body)(authorization));
  assert.equal(answers[0]?.status, 200);
  return answers[0].body;
}

async function filenames({ url, authorization }: Target): Promise<string[]> {
  const response = await fetch(`${url}/v1/uploads?limit=100`, { headers: { authorization } });
  const { data } = (await response.json()) as { data: { filename: string }[] };
  assert.ok(data.length > 20);
  return data.map(({ filename }) => filename);
}
