/** `prometheus/` as Prometheus's own tool sees it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../front-door/cli.ts";
import { program, repository, skipWithout } from "../parts.ts";
import { test } from "../slow-test.ts";

const cached = join(repository, ".cache/promtool/usr/bin/promtool");
const promtool = program("promtool") ?? (existsSync(cached) ? cached : null);
const skip = skipWithout("promtool (test/terraform/install-promtool)", promtool !== null);

function run(folder: string, ...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(promtool!, args, { cwd: folder, encoding: "utf8" });
  return { code: status, output: `${stdout}${stderr}` };
}

const ours = join(repository, "prometheus");
const readsHistograms = (): boolean => !run(ours, "--version").output.includes("version 2.");

test("promtool takes the rules", { skip }, () => {
  const { code, output } = run(ours, "check", "rules", "rules.yaml");
  assert.equal(code, 0, output);
  assert.match(output, /19 rules found/);
});

test("rules are silent in a quiet night and fire on the day on which everything fails", { skip }, () => {
  for (const file of readdirSync(ours).filter((name) => name.endsWith(".test.yaml"))) {
    // promtool 2 cannot write native histograms down; promtool 3 runs this file too.
    if (file.includes("histograms") && !readsHistograms()) continue;
    const { code, output } = run(ours, "test", "rules", file);
    assert.equal(code, 0, output);
  }
});

test("a rule without its minimum, or with another threshold, fails there", { skip }, () => {
  const folder = temporaryFolder();
  const rules = readFileSync(join(ours, "rules.yaml"), "utf8");
  writeFileSync(join(folder.path, "rules.test.yaml"), readFileSync(join(ours, "rules.test.yaml")));
  for (const [from, to] of [
    ["for: 5m", "for: 600m"],
    [">= 3", ">= 1"],
    ["> 14.4", "> 144"],
    ["> 600", "> 601"],
    ["[3m]", "[30m]"],
  ] as const) {
    const broken = rules.replaceAll(from, to);
    assert.notEqual(broken, rules, from);
    writeFileSync(join(folder.path, "rules.yaml"), broken);
    assert.notEqual(run(folder.path, "test", "rules", "rules.test.yaml").code, 0, `${from} → ${to}`);
  }
  folder.remove();
});
