import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { limits } from "../../src/limits.ts";
import { formatMessage, parseMessage } from "../../src/queue/message.ts";

describe("the body of a message", () => {
  const message = { tenantId: randomUUID(), uploadId: randomUUID() };

  it("comes back as it was, and holds ids and a version only", () => {
    const body = formatMessage(message);
    assert.deepEqual(parseMessage(body), message);
    assert.deepEqual(JSON.parse(body), { version: 1, upload_id: message.uploadId, tenant_id: message.tenantId });
    assert.ok(body.length <= limits.messageBytes);
  });

  it("may have fields that a newer sender adds", () => {
    assert.deepEqual(
      parseMessage(JSON.stringify({ ...JSON.parse(formatMessage(message)), priority: "high" })),
      message,
    );
  });

  it("is refused when it is anything else", () => {
    const good = JSON.parse(formatMessage(message));
    const bad = [
      "",
      "{",
      "null",
      "[]",
      JSON.stringify({ ...good, version: 2 }),
      JSON.stringify({ ...good, upload_id: "1" }),
      JSON.stringify({ ...good, tenant_id: undefined }),
      JSON.stringify({ ...good, padding: "x".repeat(limits.messageBytes) }),
    ];
    for (const body of bad) assert.throws(() => parseMessage(body), { code: "internal" }, body.slice(0, 50));
  });
});
