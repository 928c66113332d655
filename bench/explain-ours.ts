/**
 * Ours in `bun run bench explain`, as a process that waits, on Bun, Deno or Node: explain-ours.ts FOLDER SHAPE PERTURBATION ROWS.
 * The protocol is that of rivals/explain_peer.py.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { createExplainer } from "../src/shap/explainer.ts";
import { ensembleFromOnnx } from "../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../src/shap/onnx.ts";

const [folder, shape, kind, count] = process.argv.slice(2) as [string, string, string, string];
const floats = (name: string): Float32Array => {
  const bytes = readFileSync(join(folder, name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
const ensemble = ensembleFromOnnx(parseOnnxModel(new Uint8Array(readFileSync(join(folder, `${shape}.onnx`)))));
const width = ensemble.featureCount;
const rows = floats(`${shape}.rows`).subarray(0, Number(count) * width);
const rowCount = rows.length / width;
const background = floats(`${shape}.background`);

const began = performance.now();
const explainer = createExplainer(
  ensemble,
  kind === "path-dependent" ? { kind } : { kind: "interventional", background },
);
const out = new Float64Array(rows.length);
say({
  ready: kind,
  rows: rowCount,
  build_seconds: (performance.now() - began) / 1_000,
  table_bytes: explainer.tableBytes,
  trees_walked: explainer.treesWalked,
});
for await (const line of createInterface({ input: process.stdin })) {
  const [verb, file] = line.split(" ");
  if (verb === "save") {
    writeFileSync(file!, new Uint8Array(out.buffer));
    say({});
    continue;
  }
  const started = performance.now();
  const cpu = process.cpuUsage();
  explainer.explain(rows, rowCount, out);
  const { user, system } = process.cpuUsage(cpu);
  say({ seconds: (performance.now() - started) / 1_000, cpu_seconds: (user + system) / 1e6 });
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
