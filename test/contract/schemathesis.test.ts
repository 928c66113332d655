/** Requests made out of openapi.json, five hundred an operation, right and wrong: no answer of 5xx, none that is not documented, none that leaks. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { run, temporaryFolder } from "../front-door/cli.ts";
import { settled, startService } from "../front-door/service.ts";
import { repository, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";

const program = join(repository, ".cache/schemathesis-venv/bin/st");
const skip = skipWithout("schemathesis (test/contract/install)", existsSync(program));
const here = fileURLToPath(new URL(".", import.meta.url));
const folder = temporaryFolder();
after(() => folder.remove());

/** Cases an operation. */
const cases = 500;
const seed = "20261125";

/** Answers what it printed; throws with that when a check failed. */
function schemathesis(url: string, key: string, config: string, more: readonly string[]): Promise<string> {
  const options = ["--phases", "examples,coverage,fuzzing", "-n", String(cases), "--seed", seed, "--no-shrink"];
  const limits = ["--continue-on-failure", "--request-timeout", "40", "--max-failures", "20"];
  const child = spawn(
    program,
    [
      "--config-file",
      config,
      "run",
      `${url}/openapi.json`,
      "-H",
      `Authorization: Bearer ${key}`,
      ...options,
      ...limits,
      "--no-color",
      ...more,
    ],
    {
      cwd: folder.path,
      env: { ...process.env, PYTHONPATH: here, SCHEMATHESIS_HOOKS: "hooks", PYTHONDONTWRITEBYTECODE: "1" },
    },
  );
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const lines = said.split("\n").map((line) => line.slice(0, 400));
      if (code === 0) resolve(said);
      else reject(new Error(`schemathesis ended with ${code}:\n${lines.slice(-150).join("\n")}`));
    });
  });
}

const generated = (said: string): number => Number(/(\d+) generated, \1 passed/.exec(said)?.[1] ?? 0);

test("five hundred cases of every operation find no 5xx, nothing undocumented and no leak", { skip }, async () => {
  const home = join(folder.path, "home");
  const environment = { RETAINWISE_HOME: home, RETAINWISE_AUTH: "keys", RETAINWISE_REQUESTS_PER_MINUTE: "1000000" };
  const service = await startService(home, environment);
  try {
    const operator = async (...args: string[]) => (await run(args, { environment })).stdout.trim();
    const key = await operator("key", "create");
    const strangersKey = await operator("key", "create", "--tenant", await operator("tenant", "create", "Stranger"));
    const send = async (csv: string, credential: string): Promise<string> => {
      const headers = { "content-type": "text/csv", authorization: `Bearer ${credential}` };
      const response = await fetch(`${service.url}/v1/uploads`, { method: "POST", headers, body: csv });
      return ((await response.json()) as { upload_id: string }).upload_id;
    };
    await send("customer_id,tenure,monthly_charges,contract\nstrangers-canary,3,70,Month-to-month\n", strangersKey);
    const upload = await send(readFileSync(new URL("../../samples/telecom.csv", import.meta.url), "utf8"), key);
    const asOwner = { url: service.url, headers: { authorization: `Bearer ${key}` } };
    assert.equal((await settled(asOwner, upload)).status, "completed");

    const config = join(here, "schemathesis.toml");
    const known = join(folder.path, "known.toml");
    // The id is put into each case, into those as well that were to be refused for their id.
    const checks = readFileSync(config, "utf8").replace(
      /^negative_data_rejection.*$/m,
      "negative_data_rejection.enabled = false",
    );
    writeFileSync(known, `[parameters]\nupload_id = "${upload}"\n\n${checks}`);
    // An event stream lasts as long as its upload, so it has a suite of its own.
    const reads = ["--include-path-regex", "^/v1/uploads/\\{upload_id\\}", "--exclude-method", "DELETE"];
    const [anywhere, onOne] = await Promise.all([
      schemathesis(service.url, key, config, ["--exclude-path-regex", "/events$", "--exclude-method", "DELETE"]),
      schemathesis(service.url, key, known, [...reads, "--exclude-path-regex", "/(events|mapping)$"]),
    ]);
    // Last: it finds ids in the answers, and a download of what is deleted meanwhile breaks off.
    assert.ok(generated(await schemathesis(service.url, key, config, ["--include-method", "DELETE"])) > 10);
    assert.ok(generated(anywhere) > 5_000 && generated(onOne) > 500, `${generated(anywhere)}, ${generated(onOne)}`);

    assert.equal((await fetch(`${service.url}/readyz`)).status, 200);
    const failures = service
      .output()
      .split("\n")
      .filter((line) => line.includes("request.failed"));
    assert.deepEqual(failures, []);
  } finally {
    assert.equal(await service.stop(), 0);
  }
});
