import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { UploadEvent } from "../../src/api/events.ts";
import { componentSchemas } from "../../src/api/json-schema.ts";
import { schemaErrors } from "./schema-errors.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("GET /v1/uploads/{upload_id}/events", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi({ events: { pollMilliseconds: 20, heartbeatMilliseconds: 150 } });
  });
  after(() => api.stop());

  async function upload(): Promise<string> {
    const response = await api.call("/v1/uploads", {
      method: "POST",
      body: "id,tenure\nC-1,4\n",
      headers: { "content-type": "text/csv" },
    });
    const { upload_id } = v.parse(v.object({ upload_id: v.string() }), await response.json());
    return upload_id;
  }

  /** Text as it arrives, until the stream ends or `enough` says so. */
  async function follow(
    id: string,
    enough: (text: string) => boolean = () => false,
    headers: Record<string, string> = {},
  ): Promise<string> {
    const left = new AbortController();
    const response = await fetch(`${api.url}/v1/uploads/${id}/events`, { signal: left.signal, headers });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const decoder = new TextDecoder();
    let text = "";
    const reader = response.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += decoder.decode(value, { stream: true });
      if (enough(text)) {
        left.abort();
        await reader.cancel().catch(() => {});
        return text;
      }
    }
  }

  function eventsOf(text: string): { event: string; data: v.InferOutput<typeof UploadEvent> }[] {
    const blocks = text.split("\n\n").filter((block) => block.includes("event: "));
    return blocks.map((block) => {
      const data: unknown = JSON.parse(/^data: (.*)$/m.exec(block)![1]!);
      assert.deepEqual(
        schemaErrors({ $ref: "#/components/schemas/UploadEvent" }, data, {
          components: { schemas: componentSchemas() },
        }),
        [],
      );
      return { event: /^event: (.*)$/m.exec(block)![1]!, data: v.parse(UploadEvent, data) };
    });
  }

  it("tells the status at once, then progress, then the end, and closes", async () => {
    const id = await upload();
    const following = follow(id);
    await sleep(100);
    api.services.change(id, { status: "processing" });
    await sleep(100);
    api.services.change(id, { progress: 0.5, rowsRead: 50, rowsScored: 49, rowsRejected: 1 });
    await sleep(100);
    api.services.change(id, { status: "completed", progress: 1 });
    const events = eventsOf(await following);
    assert.deepEqual(
      events.map(({ event, data }) => [event, data.status, data.progress]),
      [
        ["status", "pending", 0],
        ["status", "processing", 0],
        ["progress", "processing", 0.5],
        ["status", "completed", 1],
      ],
    );
    assert.deepEqual(events[2]!.data.rows, { read: 50, scored: 49, rejected: 1 });
  });

  it("tells a failure with its code and remedy", async () => {
    const id = await upload();
    const error = { code: "csv_malformed", title: "The CSV cannot be read", detail: "Row 7.", remedy: "Mend it." };
    api.services.change(id, { status: "failed", error });
    const [only, ...others] = eventsOf(await follow(id));
    assert.deepEqual(only?.data.error, error);
    assert.deepEqual(others, []);
  });

  it("keeps a silent connection open with comments", async () => {
    const id = await upload();
    const text = await follow(id, (soFar) => soFar.split(": still here\n\n").length > 3);
    assert.equal(eventsOf(text).length, 1);
  });

  it("stops asking the database when the client leaves", async () => {
    const id = await upload();
    await follow(id, (soFar) => soFar.includes("event: status"));
    await sleep(150);
    let asked = 0;
    const { getUpload } = api.services.uploads;
    Object.assign(api.services.uploads, {
      getUpload: (tenant: string, uploadId: string) => {
        asked++;
        return getUpload(tenant, uploadId);
      },
    });
    await sleep(200);
    Object.assign(api.services.uploads, { getUpload });
    assert.equal(asked, 0);
  });

  it("answers 204 to a browser that comes back after the end, so that it stops", async () => {
    const id = await upload();
    api.services.change(id, { status: "completed" });
    assert.match(await follow(id), /^id: end$/m);
    const again = await api.call(`/v1/uploads/${id}/events`, { headers: { "last-event-id": "end" } });
    assert.equal(again.status, 204);
  });

  it("ends when the upload is deleted, and when the service stops", async () => {
    const id = await upload();
    const following = follow(id);
    await sleep(60);
    await api.call(`/v1/uploads/${id}`, { method: "DELETE" });
    assert.equal(eventsOf(await following).length, 1);

    const other = await startApi({ events: { pollMilliseconds: 20, heartbeatMilliseconds: 150 } });
    const response = await other.call("/v1/uploads", {
      method: "POST",
      body: "a,b\n1,2\n",
      headers: { "content-type": "text/csv" },
    });
    const { upload_id } = v.parse(v.object({ upload_id: v.string() }), await response.json());
    const open = await fetch(`${other.url}/v1/uploads/${upload_id}/events`);
    const started = performance.now();
    await Promise.all([open.text(), other.stop()]);
    assert.ok(performance.now() - started < 900, "stop() does not wait for an event stream");
  });

  it("does not start a stream for HEAD", async () => {
    const id = await upload();
    const response = await api.call(`/v1/uploads/${id}/events`, { method: "HEAD" });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(await response.text(), "");
  });
});
