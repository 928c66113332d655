/** `demo`: the whole service on a made sample, through its own front door. */
import { readFile } from "node:fs/promises";
import type { PredictionView } from "../api/presented.ts";
import { startService } from "../compose.ts";
import { RetainWiseError } from "../errors.ts";
import { sampleFile } from "../runtime/program-folder.ts";
import { stopRequested } from "../runtime/signals.ts";
import type { CommandContext } from "./context.ts";
import { riskPicture } from "./risk-picture.ts";

const customersShown = 6;

export async function demo(context: CommandContext, given: { exit: boolean }): Promise<void> {
  const stop = stopRequested();
  const say = (text: string) => context.stdout.write(`${text}\n`);
  say("Starting RetainWise (embedded Postgres, files and queue under .retainwise/) …");
  const service = await startService(
    "serve",
    { ...context.config, auth: openAuth, host: "127.0.0.1" },
    () => undefined,
  );
  try {
    const upload = await post(service.url, await readFile(sampleFile));
    say(`Uploaded samples/telecom.csv to ${service.url}/v1/uploads`);
    const facts = await whenDone(service.url, upload.upload_id);
    const page = await getJson(
      `${service.url}/v1/uploads/${upload.upload_id}/predictions?order=risk&limit=${customersShown}`,
    );
    say(riskPicture(facts, (page as { data: PredictionView[] }).data, context.stderr.isTTY));
    const pages = `${service.url}/uploads/${upload.upload_id}`;
    say(`Look at it     ${pages}`);
    say(`One customer   ${pages}/customers/${(page as { data: PredictionView[] }).data[0]?.row ?? ""}`);
    say(`Results CSV    ${service.url}/v1/uploads/${upload.upload_id}/predictions.csv`);
    say(`Set aside      ${service.url}/v1/uploads/${upload.upload_id}/rejected.csv`);
    say(`All calls      ${service.url}/docs`);
    if (given.exit) return;
    say("\nThe service keeps running; Ctrl-C stops it.");
    await stop;
  } finally {
    await service.stop();
  }
}

/** It is on this machine only, whatever the environment says of a service. */
const openAuth = { open: true, keys: false, jwt: null };

/** The fields of `GET /v1/uploads/{id}` that the demo shows. */
export interface UploadFacts {
  readonly upload_id: string;
  readonly status: string;
  readonly rows: { readonly read: number; readonly scored: number; readonly rejected: number };
  readonly issues: readonly {
    readonly code: string;
    readonly count: number;
    readonly message: string;
    readonly severity: string;
  }[];
  readonly summary: { readonly tiers: { readonly high: number; readonly medium: number; readonly low: number } };
  readonly error: { readonly code: string; readonly detail: string } | null;
}

async function post(url: string, csv: Uint8Array): Promise<UploadFacts> {
  const form = new FormData();
  form.set("file", new File([csv as Uint8Array<ArrayBuffer>], "telecom.csv", { type: "text/csv" }));
  return (await expectJson(await fetch(`${url}/v1/uploads`, { method: "POST", body: form }))) as UploadFacts;
}

async function whenDone(url: string, uploadId: string): Promise<UploadFacts> {
  for (;;) {
    const facts = (await getJson(`${url}/v1/uploads/${uploadId}`)) as UploadFacts;
    if (facts.status === "completed") return facts;
    if (facts.status === "failed" || facts.status === "needs_mapping") {
      throw new RetainWiseError(
        "internal",
        `The sample ended as ${facts.status}: ${facts.error?.code}: ${facts.error?.detail}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const getJson = async (url: string): Promise<unknown> => expectJson(await fetch(url));

async function expectJson(response: Response): Promise<unknown> {
  if (!response.ok)
    throw new RetainWiseError("internal", `${response.url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
