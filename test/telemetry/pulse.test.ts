import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { readPulse, startPulse } from "../../src/telemetry/pulse.ts";

const folder = mkdtempSync(join(tmpdir(), "retainwise-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const silent = { log: () => undefined };

test("a pulse tells role, address and process from the start, and nothing of it stays after the stop", async () => {
  const home = join(folder, "made/for/it");
  const before = Date.now();
  const pulse = await startPulse(silent, { home, role: "api", url: "http://127.0.0.1:1" });
  const { at, ...facts } = (await readPulse(home))!;
  assert.deepEqual(facts, { role: "api", url: "http://127.0.0.1:1", pid: process.pid });
  assert.ok(at >= before && at <= Date.now());
  await pulse.stop();
  assert.equal(await readPulse(home), null);
  assert.ok(!existsSync(join(home, "pulse.json.new")));
});

test("a pulse beats again and again", async () => {
  const home = join(folder, "beating");
  const pulse = await startPulse(silent, { home, role: "worker", url: "" });
  const first = (await readPulse(home))!.at;
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.ok((await readPulse(home))!.at > first);
  await pulse.stop();
});

test("a home that cannot be written is told once and stops nobody", async () => {
  const home = join(folder, "file");
  writeFileSync(home, "");
  const events: string[] = [];
  const pulse = await startPulse({ log: (event) => events.push(event) }, { home, role: "worker", url: "" });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.deepEqual(events, ["pulse.failed"]);
  assert.equal(await readPulse(home), null);
  await pulse.stop();
});

test("a pulse that is none of ours is refused", async () => {
  const home = mkdtempSync(join(folder, "foreign-"));
  writeFileSync(join(home, "pulse.json"), '{"role":"api"}');
  await assert.rejects(readPulse(home));
});
