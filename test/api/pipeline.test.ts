import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { createApp } from "../../src/api/app.ts";
import { Pipeline, viewPipeline } from "../../src/api/pipeline.ts";
import { shareAnswers } from "../../src/api/shared-answers.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import { pipelineOf } from "./memory-pipeline.ts";
import { createMemoryServices, tenantId } from "./memory-services.ts";
import { problemOf } from "./problem-of.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const depth = { visible: 4, inFlight: 3, delayed: 2, dead: 1, oldestSeconds: null };

describe("GET /v1/health/pipeline", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  it("shows one item an hour in every series, kept by nobody", async () => {
    const csv = { method: "POST", body: "a,b\n1,2\n", headers: { "content-type": "text/csv" } };
    const { upload_id } = (await (await api.call("/v1/uploads", csv)).json()) as { upload_id: string };
    await api.call("/v1/uploads", csv);
    const at = Date.now();
    const end = { startedAt: new Date(at), completedAt: new Date(at), rowsRead: 12, rowsScored: 10, rowsRejected: 2 };
    api.services.change(upload_id, { status: "completed", ...end });
    const response = await api.call("/v1/health/pipeline");
    assert.equal(response.headers.get("cache-control"), "no-store");
    const view = v.parse(Pipeline, await response.json());
    const { start, end_to_end_seconds, queue_dwell_seconds, work_seconds, ...counts } = view.hours;
    const series = [end_to_end_seconds, queue_dwell_seconds, work_seconds].flatMap(({ p50, p95, p99 }) => [
      ...[p50, p95, p99],
    ]);
    for (const each of [start, ...Object.values(counts), ...series]) assert.equal(each.length, limits.pipelineHours);
    assert.deepEqual([counts.completed.at(-1), counts.rows_scored.at(-1), view.uploads.pending], [1, 10, 1]);
    assert.equal(view.totals.accepted, 2);
    assert.equal(view.queue, null);
  });

  it("is the caller's tenant's, and no tenant gets what was found out for another", async () => {
    const services = createMemoryServices();
    const [a, b] = [tenantId, "0198f3a2-0000-7000-8000-000000000002"];
    const app = createApp({
      ...services,
      identify: async (request) => ({ tenantId: request.headers.get("x-test") ?? "", by: "open", user: "somebody" }),
    });
    const ask = async (tenant: string) =>
      v.parse(Pipeline, await (await app.request("/v1/health/pipeline", { headers: { "x-test": tenant } })).json());
    await services.uploads.insertUpload(a, {
      ...{ uploadId: "u", filename: "f", objectKey: "k", bytes: 1, sha256: "", options: {} },
    });
    assert.deepEqual([(await ask(a)).uploads.pending, (await ask(b)).uploads.pending], [1, 0]);
    assert.deepEqual([(await ask(b)).totals.accepted, (await ask(a)).totals.accepted], [0, 1]);
    assert.deepEqual(services.asked, [{ pipelineOf: a }, { pipelineOf: b }]);
  });

  it("says what is wrong when database or queue do not answer, and forgets it", async () => {
    const services = createMemoryServices();
    let queueIsUp = false;
    const app = createApp({
      ...services,
      queueDepth: async () => {
        if (!queueIsUp) throw new RetainWiseError("queue_unavailable", "It does not answer.");
        return depth;
      },
    });
    services.failing.set("readPipeline", new RetainWiseError("database_unavailable", "It does not answer."));
    await problemOf(await app.request("/v1/health/pipeline"), "database_unavailable");
    services.failing.clear();
    await problemOf(await app.request("/v1/health/pipeline"), "queue_unavailable");
    queueIsUp = true;
    const view = v.parse(Pipeline, await (await app.request("/v1/health/pipeline")).json());
    assert.deepEqual(view.queue, { visible: 4, in_flight: 3, delayed: 2, dead_letters: 1, oldest_seconds: null });
  });

  it("names failures by code, the most frequent first, with their hours", () => {
    const empty = pipelineOf([]);
    const failures = { poison: 1, csv_malformed: 3, csv_encoding: 1 };
    const hours = empty.hours.map((hour, i) => (i === 5 ? { ...hour, failed: 5, failures } : hour));
    const view = viewPipeline({ ...empty, hours, whole: { ...empty.whole, failed: 5, failures } }, null, null);
    assert.deepEqual(
      view.failures.map(({ code, total, hours: by }) => [code, total, by[5], by.filter((count) => count > 0).length]),
      [
        ["csv_malformed", 3, 3, 1],
        ["csv_encoding", 1, 1, 1],
        ["poison", 1, 1, 1],
      ],
    );
    assert.ok(v.is(Pipeline, view));
  });
});

describe("answers that are shared", () => {
  it("are found out once for all who ask meanwhile and for a while after", async () => {
    let now = 0;
    const asked: string[] = [];
    const gate = Promise.withResolvers<void>();
    const share = shareAnswers(
      async (key) => {
        asked.push(key);
        await gate.promise;
        return `${key}${asked.length}`;
      },
      { freshMilliseconds: 100, entries: 2, now: () => now },
    );
    const both = [share("a"), share("a")];
    now = 5_000; // longer on its way than it is fresh afterwards
    both.push(share("a"));
    gate.resolve();
    assert.deepEqual(await Promise.all(both), ["a1", "a1", "a1"]);
    now += 99;
    assert.equal(await share("a"), "a1");
    now += 1;
    assert.equal(await share("a"), "a2");
  });

  it("are forgotten from the oldest on, and so is a failure", async () => {
    const asked: string[] = [];
    const share = shareAnswers(
      async (key) => {
        asked.push(key);
        if (asked.length === 1) throw new Error("away");
        return key;
      },
      { freshMilliseconds: 1e6, entries: 2 },
    );
    await assert.rejects(share("a"), /away/);
    for (const key of ["a", "b", "a", "c", "a", "b"]) assert.equal(await share(key), key);
    assert.deepEqual(asked, ["a", "a", "b", "c", "a", "b"]);
  });
});
