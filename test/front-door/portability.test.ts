import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { program, sharedData, skipWithout } from "../parts.ts";
import { test } from "../slow-test.ts";
import { run } from "./cli.ts";

const deno = program("deno");
const node =
  ["node24", "node"].map((name) => program(name)).find((path) => path !== null && runsTypeScript(path)) ?? null;
const bun = program("bun");

/** Node strips types since 22.18. */
function runsTypeScript(path: string): boolean {
  const [major = 0, minor = 0] = String(spawnSync(path, ["--version"]).stdout)
    .slice(1)
    .split(".")
    .map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

const runtimes: [name: string, command: string[] | null][] = [
  ["Bun", bun === null ? null : [bun]],
  ["Deno", deno === null ? null : [deno, "run", "-A"]],
  ["Node 22.18 or later", node === null ? null : [node]],
];

const files = ["samples/telecom.csv", sharedData("telecom_customers.csv")].filter((path) => path !== null);

for (const [name, command] of runtimes) {
  test(`${name} writes the same bytes`, { skip: skipWithout(name, command !== null) }, async () => {
    for (const file of files) {
      const [ours, theirs] = [
        await run(["score", file, "--shap"]),
        await run(["score", file, "--shap"], { runtime: command! }),
      ];
      assert.equal(theirs.code, 0, theirs.stderr);
      assert.ok(theirs.stdout.length > 10_000);
      assert.equal(theirs.stdout, ours.stdout);
      assert.equal(theirs.stderr, ours.stderr);
    }
  });
}
