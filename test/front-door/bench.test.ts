/** The benches run and print every field; how fast they are is nobody's promise here. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { elasticmqMissing } from "../aws/elasticmq.ts";
import { referencePython, repository, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { externalKind } from "../store/servers.ts";
import { temporaryFolder } from "./cli.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const noBun = "Bun" in globalThis ? null : "Bun";
const noPython = referencePython() === null ? "Python with the packages of training/requirements.txt" : null;
const noQueue = await elasticmqMissing();

function bench(...args: readonly string[]): Record<string, unknown> {
  const env = { ...process.env, RETAINWISE_BENCH_RESULTS: folder.path };
  const command = [join(repository, "bench/bench.ts"), ...args];
  return JSON.parse(execFileSync(process.execPath, command, { env, encoding: "utf8" })) as Record<string, unknown>;
}

function expectPositive(of: unknown, fields: readonly string[]): void {
  for (const field of fields) assert.ok(Number((of as Record<string, unknown>)[field]) > 0, field);
}

test("bench jobs prints what was accepted and completed, and how long a job waits", {
  skip: skipWithout(
    noBun ?? noQueue ?? externalKind.missing ?? "",
    (noBun ?? noQueue ?? externalKind.missing) === null,
  ),
}, () => {
  const { ours, python } = bench("jobs", "--jobs", "20", "--rate", "10", "--seconds", "1");
  const fields = ["backlog_jobs_per_second", "paced_p50_milliseconds", "paced_p99_milliseconds"];
  expectPositive(ours, ["uploads_accepted_per_second", ...fields]);
  if (python !== null) expectPositive(python, fields);
});

test("bench api prints rate and percentiles of both reads", {
  skip: skipWithout(noBun ?? externalKind.missing ?? "", (noBun ?? externalKind.missing) === null),
}, () => {
  const result = bench("api", "--uploads", "2", "--rows", "100", "--requests", "50", "--runs", "1");
  const fields = ["requests", "requests_per_second", "p50_milliseconds", "p99_milliseconds", "bytes_per_answer"];
  for (const read of ["upload", "predictions"]) {
    const { ours, fastify_pg } = result[read] as Record<string, unknown>;
    expectPositive(ours, fields);
    if (fastify_pg !== null) expectPositive(fastify_pg, fields);
  }
});

test("bench metrics prints what a record costs, and both services beside each other", {
  skip: skipWithout(noBun ?? "", noBun === null),
}, () => {
  const result = bench("metrics", "--requests", "50", "--rows", "500", "--runs", "1");
  expectPositive(result["nanoseconds"], ["counter", "histogram", "counter_off", "histogram_off"]);
  for (const rate of ["requests_per_second", "rows_per_second"]) expectPositive(result[rate], ["on", "off", "ratio"]);
});

test("bench explain prints rates, ratios and the largest difference to each peer", {
  skip: skipWithout(noBun ?? noPython ?? "", (noBun ?? noPython) === null),
}, () => {
  const { shapes } = bench("explain", "--rows", "300", "--runs", "1", "--shapes", "tiny");
  const { contenders, ratios, differences } = (shapes as Record<string, Record<string, Record<string, unknown>>>)[
    "tiny"
  ]!;
  for (const name of ["ours-interventional", "ours-path-dependent", "lightgbm-pred-contrib"])
    expectPositive(contenders![name], ["rows", "rows_per_second", "wall_rows_per_second"]);
  expectPositive(ratios, ["ours-path-dependent / lightgbm-pred-contrib"]);
  assert.ok(Number(differences!["lightgbm-pred-contrib − ours-path-dependent"]) <= 1e-6);
});

test("bench score takes a model of many trees, made and signed for the run, and says what share is explanation", {
  skip: skipWithout(noBun ?? noPython ?? "", (noBun ?? noPython) === null),
}, () => {
  const result = bench("score", "--rows", "1000", "--runs", "1", "--trees", "10");
  for (const kind of ["explained", "plain"])
    expectPositive(result[kind], ["rows_per_second", "python_rows_per_second", "ratio", "cpu_ratio"]);
  expectPositive(result["share"], ["explanation", "prediction", "reading_and_writing"]);
});

test("bench mapper prints precision, recall, what was asked and how sure it was, of every list", {
  skip: skipWithout(noBun ?? "", noBun === null),
}, () => {
  const result = bench("mapper", join(repository, "bench/mapper/made-held.csv"));
  const { known, five_folds } = result["made-held"] as Record<string, Record<string, unknown>>;
  for (const scored of [known, five_folds]) {
    expectPositive(scored, ["headers", "map", "precision_at_0_9", "recall", "right_or_asked", "ambiguous_asked"]);
    assert.ok(Array.isArray(scored?.["calibration"]) && scored["calibration"].length > 2);
  }
});
