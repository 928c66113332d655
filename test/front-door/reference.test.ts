/** Holds our numbers against Python's onnxruntime and shap on the shipped bundle; the reference is computed anew at every run. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { referencePython, repository, sharedData, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { readTable } from "./csv-table.ts";

const bundle = join(repository, "models/telecom/1.1.0");
const python = referencePython();
const telecom = sharedData("telecom_customers.csv");
const skip =
  skipWithout("Python with training/requirements.txt", python !== null) ||
  skipWithout("shared/data/telecom_customers.csv", telecom !== null);
const folder = temporaryFolder();
after(() => folder.remove());

let reference: Map<string, string>[] = [];
let ours: Map<string, string>[] = [];

if (skip === false) {
  const out = join(folder.path, "reference.csv");
  await execute([join(repository, "training/reference.py"), bundle, telecom!, out, "500"]);
  reference = readTable(readFileSync(out, "utf8")).rows;
  const scored = await run(["score", telecom!, "--shap"]);
  assert.equal(scored.code, 0, scored.stderr);
  ours = readTable(scored.stdout).rows;
}

async function execute(args: string[]): Promise<string> {
  const child = spawn(python!, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 0, output);
  return output;
}

/** Largest difference between a column of theirs and one of ours. */
function largestDifference(column: string, change: (value: number) => number = (value) => value): number {
  return Math.max(
    ...reference.map((row, i) => Math.abs(Number(row.get(column)) - change(Number(ours[i]!.get(column))))),
  );
}

test("both look at the same 500 customers", { skip }, () => {
  assert.equal(reference.length, 500);
  assert.deepEqual(
    reference.map((row) => row.get("customer_id")),
    ours.slice(0, 500).map((row) => row.get("customerID")),
  );
});

test("the probabilities are those of Python's onnxruntime, to the last bit", { skip }, () => {
  assert.equal(largestDifference("churn_probability"), 0);
  assert.ok(largestDifference("churn_probability", (value) => value + 1e-7) > 0, "a difference would be seen");
});

test("every SHAP value is that of shap's interventional TreeExplainer, within 1e-5 log-odds", { skip }, () => {
  const columns = [...reference[0]!.keys()].filter((name) => name.startsWith("shap_"));
  assert.equal(columns.length, 18);
  for (const column of columns) {
    const difference = largestDifference(column);
    assert.ok(difference <= 1e-5, `${column}: ${difference}`);
  }
  assert.ok(largestDifference("shap_contract", (value) => value * 1.01) > 1e-5, "one percent would be seen");
});

test("Python's model-signing accepts the shipped signature and refuses a changed file", {
  skip: skipWithout("Python with training/requirements.txt", python !== null),
}, async () => {
  const { cpSync, appendFileSync, readdirSync } = await import("node:fs");
  const key = readdirSync(join(repository, "models/keys")).find((name) => name.endsWith(".pem"))!;
  const verify = (path: string) =>
    execute([
      "-m",
      "model_signing",
      "verify",
      "key",
      path,
      "--signature",
      join(path, "model.sig"),
      "--public_key",
      join(repository, "models/keys", key),
    ]);
  await verify(bundle);
  const copy = join(folder.path, "bundle");
  cpSync(bundle, copy, { recursive: true });
  appendFileSync(join(copy, "card.md"), " ");
  await assert.rejects(verify(copy));
});
