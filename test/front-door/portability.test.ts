import assert from "node:assert/strict";
import { sharedData, skipWithout } from "../parts.ts";
import { test } from "../slow-test.ts";
import { run } from "./cli.ts";
import { runtimes } from "./runtimes.ts";

const files = ["samples/telecom.csv", sharedData("telecom_customers.csv")].filter((path) => path !== null);

for (const { name, command } of runtimes) {
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
