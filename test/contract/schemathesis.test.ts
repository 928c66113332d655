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

interface Setting {
  readonly url: string;
  readonly key: string;
  /** Words that only another tenant knows, as a regular expression. */
  readonly strangers: string;
}

let runs = 0;

/** Answers how many cases each operation had; throws with what it printed when a check failed. */
function schemathesis({ url, key, strangers }: Setting, config: string, more: readonly string[]): Promise<Counts> {
  const counts = join(folder.path, `counts-${runs++}.json`);
  const target = ["run", `${url}/openapi.json`, "-H", `Authorization: Bearer ${key}`];
  const options = ["--phases", "examples,coverage,fuzzing", "-n", String(cases), "--seed", seed, "--no-shrink"];
  const limits = ["--continue-on-failure", "--request-timeout", "40", "--max-failures", "20", "--no-color"];
  const child = spawn(program, ["--config-file", config, ...target, ...options, ...limits, ...more], {
    cwd: folder.path,
    env: {
      ...process.env,
      PYTHONPATH: here,
      PYTHONDONTWRITEBYTECODE: "1",
      SCHEMATHESIS_HOOKS: "hooks",
      STRANGERS: strangers,
      COUNTS: counts,
    },
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve(JSON.parse(readFileSync(counts, "utf8")));
      const lines = said.split("\n").map((line) => line.slice(0, 400));
      reject(new Error(`schemathesis ended with ${code}:\n${lines.slice(-150).join("\n")}`));
    });
  });
}

type Counts = Readonly<Record<string, number>>;

test("five hundred cases of every operation find no 5xx, nothing undocumented and no leak", { skip }, async () => {
  const home = join(folder.path, "home");
  const environment = { RETAINWISE_HOME: home, RETAINWISE_AUTH: "keys", RETAINWISE_REQUESTS_PER_MINUTE: "1000000" };
  const service = await startService(home, environment);
  try {
    const operator = async (...args: string[]) => (await run(args, { environment })).stdout.trim();
    const key = await operator("key", "create");
    const stranger = await operator("tenant", "create", "Stranger");
    const strangersKey = await operator("key", "create", "--tenant", stranger);
    const send = async (csv: string, credential: string): Promise<string> => {
      const headers = { "content-type": "text/csv", authorization: `Bearer ${credential}` };
      const response = await fetch(`${service.url}/v1/uploads`, { method: "POST", headers, body: csv });
      return ((await response.json()) as { upload_id: string }).upload_id;
    };
    const theirs = await send(
      "customer_id,tenure,monthly_charges,contract\nstrangers-canary,3,70,Monthly\n",
      strangersKey,
    );
    const setting = { url: service.url, key, strangers: `strangers-canary|${stranger}|${theirs}` };
    const asOwner = { url: service.url, headers: { authorization: `Bearer ${key}` } };
    const ended = async (csv: string, status: string): Promise<string> => {
      const id = await send(csv, key);
      assert.equal((await settled(asOwner, id)).status, status);
      return id;
    };
    const completed = await ended(
      readFileSync(new URL("../../samples/telecom.csv", import.meta.url), "utf8"),
      "completed",
    );
    const asks = await ended("a,b\n1,2\n", "needs_mapping");
    await ended('customer_id,tenure,monthly_charges,contract\nC-1,"3,70,x\n', "failed");

    const config = join(here, "schemathesis.toml");
    /** The id is put into each case, into those as well that were to be refused for their id. */
    const knowing = (uploadId: string): string => {
      const path = join(folder.path, `${uploadId}.toml`);
      const checks = readFileSync(config, "utf8").replace(
        /^negative_data_rejection.*$/m,
        "negative_data_rejection.enabled = false",
      );
      writeFileSync(path, `[parameters]\nupload_id = "${uploadId}"\n\n${checks}`);
      return path;
    };
    const path = "^/v1/uploads/\\{upload_id\\}";
    // An event stream lasts as long as its upload, so it has a suite of its own (test/api/events.test.ts).
    const all = await Promise.all([
      schemathesis(setting, config, ["--exclude-path-regex", "/events$", "--exclude-method", "DELETE"]),
      schemathesis(setting, knowing(completed), [
        "--include-path-regex",
        `${path}(?!/events|/mapping)`,
        "--exclude-method",
        "DELETE",
      ]),
    ]);
    const mapping = await schemathesis(setting, knowing(asks), ["--include-path-regex", `${path}/mapping`]);
    // Last: it finds ids in the answers, and a download of what is deleted meanwhile breaks off.
    const deleting = await schemathesis(setting, config, ["--include-method", "DELETE"]);
    const counts = Object.assign({}, ...all, mapping, deleting) as Counts;
    const { paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.entries(paths)
      // The document that the cases are made of is left out by the tool itself.
      .filter(([name]) => !name.endsWith("/events") && name !== "/openapi.json")
      .flatMap(([name, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${name}`));
    assert.ok(operations.length >= 20);
    for (const operation of operations)
      assert.ok((counts[operation] ?? 0) >= cases, `${operation}: ${counts[operation]}`);

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
