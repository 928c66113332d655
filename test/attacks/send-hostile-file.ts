/** A hostile file on its whole way: sent, and looked at until it has come to its end. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { errorKinds } from "../../src/error-kinds.ts";
import { formulas, type HostileFile } from "./hostile-files.ts";
import { leaksOf } from "./judge.ts";
import type { Target } from "./target.ts";

/** From the upload to the end; the longest takes about a second on idle cores. */
const endSeconds = 60;

interface View {
  readonly status: string;
  readonly filename: string;
  readonly upload_id: string;
  readonly error: { readonly code: string } | null;
}

/** An empty list where nothing is wrong. */
export async function sendHostileFile(target: Target, file: HostileFile): Promise<string[]> {
  const { url, authorization } = target;
  const headers = { authorization, "content-type": "text/csv" };
  const before = await target.traces();
  const response = await fetch(`${url}/v1/uploads?filename=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers,
    body: file.bytes() as BodyInit,
  });
  const body = await response.text();
  const wrong = leaksOf(target, { headers: new Map(response.headers), body });
  const said = JSON.parse(body) as { readonly code?: string; readonly upload_id?: string };
  if (response.status === 202) wrong.push(...(await follow(target, file, said.upload_id ?? "")));
  else {
    if (said.code !== file.refused) wrong.push(`it is refused with ${response.status} ${said.code}`);
    if (JSON.stringify(await target.traces()) !== JSON.stringify(before)) wrong.push("something of it is stored");
  }
  return wrong.map((what) => `${target.runtime}, ${file.name}: ${what}`);
}

async function follow(target: Target, file: HostileFile, uploadId: string): Promise<string[]> {
  const until = performance.now() + endSeconds * 1_000;
  for (;;) {
    const response = await fetch(`${target.url}/v1/uploads/${uploadId}`, {
      headers: { authorization: target.authorization },
    });
    const body = await response.text();
    const { status, error } = JSON.parse(body) as View;
    if (!["pending", "processing"].includes(status)) {
      const wrong = leaksOf(target, { headers: new Map(response.headers), body });
      const end = status === "failed" ? (error?.code ?? "") : status;
      if (status === "failed" && !Object.hasOwn(errorKinds, end)) wrong.push(`the code ${end} is not listed`);
      if (end !== file.ends) wrong.push(`it ends as ${end}, not ${file.ends ?? "refused"}`);
      return wrong;
    }
    if (performance.now() > until) return [`it is still ${status} after ${endSeconds} s`];
    await sleep(20);
  }
}

/** No cell of what is downloaded of the formulas is one for a spreadsheet. */
export async function checkFormulas({ url, authorization }: Target): Promise<void> {
  const headers = { authorization };
  const list = (await (await fetch(`${url}/v1/uploads?limit=100`, { headers })).json()) as { data: View[] };
  const upload = list.data.find(({ filename }) => filename === formulas);
  const csv = await (await fetch(`${url}/v1/uploads/${upload?.upload_id}/predictions.csv`, { headers })).text();
  assert.ok(csv.includes("'=cmd|"), csv.slice(0, 500));
  assert.doesNotMatch(csv, /(^|[\n,"])=/);
}
