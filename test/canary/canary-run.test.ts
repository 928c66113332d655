/** Each way that a run can end, against an API that answers as told; the real one is in test/front-door/canary.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runCanary } from "../../src/canary/canary-run.ts";
import { compareGolden, type PredictionPage } from "../../src/canary/compare-golden.ts";
import { limits } from "../../src/limits.ts";

const golden = {
  csv: "customer_id,tenure\r\ngolden-1,3\r\ngolden-2,40\r\n",
  rows: [
    { probability: 0.7, rawScore: 0.85, baseValue: -1.6, shapValues: { tenure: 2.45 } },
    { probability: 0.2, rawScore: -1.39, baseValue: -1.6, shapValues: { tenure: 0.21 } },
  ],
};
const right: PredictionPage = {
  data: golden.rows.map(({ probability, rawScore, baseValue, shapValues }, i) => ({
    row: i + 2,
    churn_probability: probability,
    raw_score: rawScore,
    base_value: baseValue,
    explanation_status: "ok",
    reasons: [{ feature: "tenure", shap_value: shapValues.tenure }],
  })),
};

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const hangs = () => new Promise<Response>(() => undefined);
type Answer = () => Response | Promise<Response>;

/** Answers as a healthy service would, but for what `spoilt` says by method and place. */
function createApi(spoilt: Readonly<Record<string, Answer>> = {}) {
  const calls: string[] = [];
  const healthy: Record<string, Answer> = {
    "POST uploads": () => json(202, { upload_id: "u1" }),
    "GET upload": () => json(200, { status: "completed", model: { digest: "d" }, error: null }),
    "GET predictions": () => json(200, right),
    "DELETE upload": () => new Response(null, { status: 204 }),
    "GET uploads": () => json(200, { data: [] }),
  };
  const call = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const place = pathname.endsWith("/predictions") ? "predictions" : pathname === "/v1/uploads" ? "uploads" : "upload";
    calls.push(`${request.method} ${pathname}`);
    const answer = spoilt[`${request.method} ${place}`] ?? healthy[`${request.method} ${place}`]!;
    return answer();
  };
  return { call, calls };
}

function run(spoilt: Readonly<Record<string, Answer>> = {}, seconds = 5) {
  const api = createApi(spoilt);
  const deps = { call: api.call, model: () => ({ digest: "d", golden }) };
  return runCanary(deps, { seconds, stopping: new AbortController().signal }).then((outcome) => ({
    outcome,
    reason: typeof outcome === "string" ? outcome : outcome.reason,
    problem: typeof outcome === "string" ? "" : outcome.problem,
    calls: api.calls,
  }));
}

test("a healthy run is ok, and its last calls take its upload away", async () => {
  const { outcome, calls } = await run();
  assert.equal(outcome, "ok");
  assert.deepEqual(calls.slice(-2), ["DELETE /v1/uploads/u1", "GET /v1/uploads"]);
});

test("what goes wrong has its reason, and the upload goes all the same", async () => {
  const facts = (status: string, code: string) => () => json(200, { status, model: null, error: { code } });
  const wrong = structuredClone(right);
  wrong.data[1]!.churn_probability += 0.01;
  const cases: readonly [string, RegExp, Readonly<Record<string, Answer>>][] = [
    [
      "refused",
      /answered 503 \(database_unavailable\)/,
      { "GET upload": () => json(503, { code: "database_unavailable" }) },
    ],
    [
      "refused",
      /answered 502 \(no problem document\)/,
      { "GET predictions": () => new Response("<html>", { status: 502 }) },
    ],
    ["failed", /ended as failed \(internal\)/, { "GET upload": facts("failed", "internal") }],
    ["failed", /ended as needs_mapping/, { "GET upload": facts("needs_mapping", "required_columns_missing") }],
    ["mismatch", /row 3: probability is 0.21/, { "GET predictions": () => json(200, wrong) }],
    ["error", /run itself failed/, { "GET predictions": () => json(200, { data: "none" }) }],
    ["not_deleted", /could not be deleted/, { "DELETE upload": () => json(500, { code: "internal" }) }],
  ];
  for (const [reason, problem, spoilt] of cases) {
    const found = await run(spoilt);
    assert.equal(found.reason, reason);
    assert.match(found.problem, problem);
    assert.ok(found.calls.includes("DELETE /v1/uploads/u1"), reason);
  }
});

test("an upload that never ends, and an API that hangs, are let go in time", async () => {
  const waiting = await run({ "GET upload": () => json(200, { status: "pending", model: null, error: null }) }, 0.4);
  assert.deepEqual([waiting.reason, waiting.problem], ["timeout", "After 0.4 s the upload was pending."]);
  assert.ok(waiting.calls.includes("DELETE /v1/uploads/u1"));
  const hanging = await run({ "GET upload": hangs }, 0.2);
  assert.deepEqual([hanging.reason, hanging.problem], ["timeout", "After 0.2 s the upload was pending."]);
});

test("an upload that is accepted after the time is up is deleted all the same", async () => {
  const accepted = async () => {
    await sleep(400);
    return json(202, { upload_id: "u1" });
  };
  const late = await run({ "POST uploads": accepted }, 0.2);
  assert.deepEqual([late.reason, late.problem], ["timeout", "After 0.2 s the upload was not accepted."]);
  assert.ok(late.calls.includes("DELETE /v1/uploads/u1"));
});

test("results of another version are not compared", async () => {
  const { outcome } = await run({
    "GET upload": () => json(200, { status: "completed", model: { digest: "other" }, error: null }),
    "GET predictions": () => assert.fail("asked"),
  });
  assert.equal(outcome, "superseded");
});

test("what a dead process left behind goes with the next run, and what another process is at stays", async () => {
  const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1_000).toISOString();
  const data = [
    { upload_id: "young", created_at: at(10) },
    { upload_id: "old", created_at: at(limits.canaryLeftoverSeconds + 10) },
  ];
  const { outcome, calls } = await run({ "GET uploads": () => json(200, { data }) });
  assert.equal(outcome, "ok");
  assert.deepEqual(calls.slice(-1), ["DELETE /v1/uploads/old"]);
});

test("each number of a prediction is compared", () => {
  assert.equal(compareGolden(right, golden.rows), null);
  const spoil: readonly [RegExp, (page: PredictionPage) => void][] = [
    [/1 predictions instead of 2/, (page) => page.data.pop()],
    [/row 2 came as row 9/, (page) => (page.data[0]!.row = 9)],
    [/explanation is failed/, (page) => (page.data[0]!.explanation_status = "failed")],
    [/raw score/, (page) => (page.data[0]!.raw_score += 1e-4)],
    [/base value/, (page) => (page.data[1]!.base_value = Number.NaN)],
    [/SHAP value of tenure/, (page) => (page.data[1]!.reasons[0]!.shap_value *= -1)],
    [/SHAP value of other/, (page) => (page.data[1]!.reasons[0]!.feature = "other")],
  ];
  for (const [problem, change] of spoil) {
    const page = structuredClone(right);
    change(page);
    assert.match(compareGolden(page, golden.rows) ?? "", problem);
  }
});
