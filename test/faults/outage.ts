/** What a request meets while a part is out: what it must be told and by when, and how soon all works again. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../src/limits.ts";
import { settled } from "../front-door/service.ts";
import type { CustomerFile } from "./customer-file.ts";
import type { FaultMode } from "./proxy.ts";
import type { Rig } from "./rig.ts";

/** From a part's return to the first upload that was sent, scored and seen completed. */
export const recoverySeconds = 5;
/** Pauses of the SDK between its attempts, and a busy machine. */
const slackSeconds = 5;

export interface Outage {
  readonly part: "S3" | "SQS" | "Postgres";
  readonly mode: FaultMode;
  /** What a request that needs the part is told; null: no request needs it. */
  readonly code: string | null;
  /** Whether reading an upload needs it. */
  readonly readsNeedIt: boolean;
  /** Until when a request has its answer. */
  readonly deadlineSeconds: number;
}

export interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly uploadId: string | null;
  readonly retryAfter: string | null;
  readonly type: string | null;
  readonly seconds: number;
}

export async function answer(asked: Promise<Response>): Promise<Answer> {
  const startedAt = performance.now();
  const response = await asked;
  const body = (await response.json()) as { code?: string; upload_id?: string };
  return {
    status: response.status,
    code: body.code ?? null,
    uploadId: response.status === 202 ? (body.upload_id ?? null) : null,
    retryAfter: response.headers.get("retry-after"),
    type: response.headers.get("content-type"),
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

export function assertAnswer(where: string, got: Answer, status: number, { code, deadlineSeconds }: Outage): void {
  assert.equal(got.status, status, `${where}: ${JSON.stringify(got)}`);
  assert.ok(got.seconds <= deadlineSeconds + slackSeconds, `${where}: ${got.seconds} s`);
  if (status !== 503) return;
  const expected = [code, String(limits.retryAfterSeconds), "application/problem+json"];
  assert.deepEqual([got.code, got.retryAfter, got.type], expected, where);
}

/** Seconds until an upload has been sent, scored and seen completed. */
export async function recover(rig: Rig, file: CustomerFile): Promise<number> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  for (;;) {
    const sent = await rig.send(file);
    if (sent?.uploadId) {
      const ended = settled(rig.part("api").service, sent.uploadId).catch(() => null);
      const found = await Promise.race([ended, sleep(30_000, null, { ref: false })]);
      if (found?.status === "completed" || seconds() > 30) return seconds();
    }
    await sleep(100);
  }
}

/** Asks /livez all the time; answers the statuses seen. */
export function watchLife(url: string): { stop(): Promise<number[]> } {
  const seen = new Set<number>();
  let over = false;
  const watching = (async () => {
    while (!over) {
      const asked = fetch(`${url}/livez`, { signal: AbortSignal.timeout(2_000) });
      seen.add(await asked.then((response) => response.status).catch(() => 0));
      await sleep(200);
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return [...seen];
    },
  };
}
