import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { measure } from "../../bench/measure.ts";
import { repository, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { ownRuntime, temporaryFolder } from "./cli.ts";

const folder = temporaryFolder();
after(() => folder.remove());

async function peakOf(rows: number): Promise<number> {
  const file = join(folder.path, `${rows}.csv`);
  const lines = [customerHeader.join(), ...Array.from(makeCustomers(rows, 4), (cells) => cells.join())];
  writeFileSync(file, lines.join("\n"));
  const { peakMegabytes } = await measure(
    [...ownRuntime, join(repository, "src/cli.ts"), "score", file, "--out", join(folder.path, "out.csv")],
    null,
  );
  return peakMegabytes!;
}

test("memory does not grow with the file: 500,000 customers take at most 1.3 times what 50,000 take", {
  skip: skipWithout("/proc (Linux)", existsSync("/proc/self/status")),
}, async () => {
  const [small, large] = [await peakOf(50_000), await peakOf(500_000)];
  assert.ok(small > 50, `${small} MB is no measurement`);
  assert.ok(large <= 500, `${large} MB`);
  assert.ok(large / small <= 1.3, `${large} MB against ${small} MB`);
});
