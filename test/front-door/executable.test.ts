import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { program, repository, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const bun = program("bun");
const skip = skipWithout("bun on PATH", bun !== null);
const out = join(folder.path, "made");
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));
// Built here and not in a hook, and then moved: where it was built must not matter.
const place = join(folder.path, "moved");
if (skip === false) {
  execFileSync(bun!, ["build/executable.ts", "--out", out], { cwd: repository });
  renameSync(out, place);
}
const executable = join(place, "retainwise");

/** Without the repository as its folder and without Bun on PATH. */
const call = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  spawnSync(executable, args, { cwd: folder.path, env: { PATH: "", ...environment }, encoding: "utf8" });

test("one executable with its parts beside it scores a file to the same bytes as the sources", { skip }, async () => {
  const file = join(folder.path, "customers.csv");
  cpSync(join(repository, "samples/telecom.csv"), file);
  const { status, stdout, stderr } = call(["score", "customers.csv", "--shap"]);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, (await run(["score", "samples/telecom.csv", "--shap"])).stdout);
});

test("it serves with its own Postgres, tells its health, and ends with 0", { skip }, async () => {
  const home = join(folder.path, "home");
  const health = () => call(["healthcheck"], { RETAINWISE_HOME: home }).status;
  assert.equal(health(), 1);
  const service = await startService(home, {}, "serve", [executable]);
  const id = ((await (await upload(service, sample)).json()) as { upload_id: string }).upload_id;
  assert.equal((await settled(service, id)).rows.scored, 315);
  assert.equal(health(), 0);
  assert.equal(await service.stop(), 0, service.output());
  assert.equal(health(), 1);
});

test("a part that is missing is named", { skip }, () => {
  const models = join(place, "models");
  renameSync(models, `${models}-aside`);
  const { status, stderr } = call(["score", join(repository, "samples/telecom.csv")]);
  renameSync(`${models}-aside`, models);
  assert.equal(status, 1);
  assert.match(stderr, /config_invalid[\s\S]*RETAINWISE_MODEL/);
});
