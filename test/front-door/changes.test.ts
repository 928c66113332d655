/** Two files of the same customers, one feature changed, then a new model: what the API says of it. About 3 s. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import type { Feature } from "../../src/features/schema.ts";
import { shippedSchema, smallBundle } from "../inference/small-bundle.ts";
import { telecomFiles } from "../inference/telecom-model.ts";
import { makeSigningKey, signBundle } from "../model/sign-bundle.ts";
import { after, test } from "../slow-test.ts";
import { temporaryFolder } from "./cli.ts";
import { allPredictions, settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
const models = join(folder.path, "models");
const keys = join(folder.path, "keys");
const key = makeSigningKey();
mkdirSync(keys);
writeFileSync(join(keys, "test.pem"), key.publicKey);
await put("1.1.0", await telecomFiles());
const service = await startService(join(folder.path, "home"), {
  RETAINWISE_MODELS: models,
  RETAINWISE_MODEL_KEYS: keys,
});
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

async function put(version: string, files: Map<string, Uint8Array>) {
  files.delete("model.sig");
  const place = join(models, "telecom", version);
  mkdirSync(place, { recursive: true });
  for (const [name, bytes] of (await signBundle(files, key)).files) writeFileSync(join(place, name), bytes);
}

interface Contribution {
  readonly feature: string;
  readonly value: string | number | null;
  readonly previous_value: string | number | null;
  readonly contribution: number;
}
interface Change {
  readonly customer_id: string;
  readonly row: number;
  readonly previous_row: number;
  readonly raw_score: number;
  readonly previous_raw_score: number;
  readonly change: number;
  readonly contributions: readonly Contribution[];
  readonly model_contribution: number;
  readonly additivity_error: number;
}
interface Answer {
  readonly data: readonly Change[];
  readonly next_cursor: string | null;
  readonly since: { readonly upload_id: string; readonly model: { readonly version: string } } | null;
  readonly model_changed: boolean;
  readonly missing_features: readonly string[];
  readonly counts: Readonly<Record<string, number>> | null;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${service.url}${path}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as T;
}
async function allChanges(id: string, query: string): Promise<Change[]> {
  const all: Change[] = [];
  for (let cursor = ""; ; ) {
    const page = await get<Answer>(`/v1/uploads/${id}/changes?limit=60${query}${cursor}`);
    all.push(...page.data);
    if (page.next_cursor === null) return all;
    cursor = `&cursor=${page.next_cursor}`;
  }
}
async function scored(rows: readonly (readonly string[])[]): Promise<string> {
  const response = await upload(service, [customerHeader, ...rows].map((cells) => cells.join()).join("\n"));
  const { upload_id } = (await response.json()) as { upload_id: string };
  assert.equal((await settled(service, upload_id)).status, "completed");
  return upload_id;
}
const sumOf = ({ contributions, model_contribution }: Change) =>
  contributions.reduce((sum, { contribution }) => sum + contribution, model_contribution);

const customers = [...makeCustomers(200, 9)];
const contractColumn = customerHeader.indexOf("Contract");
const other = (contract: string) => (contract === "Two year" ? "Month-to-month" : "Two year");
/** In another order; every third customer has another contract. */
const later = customers
  .map((cells, i) => (i % 3 === 0 ? cells.with(contractColumn, other(cells[contractColumn]!)) : cells))
  .reverse();
const [first, second] = [await scored(customers), await scored(later)];

test("one changed feature has all of the change, which is the difference of the two raw scores", async () => {
  const head = await get<Answer>(`/v1/uploads/${second}/changes?limit=1`);
  assert.equal(head.since?.upload_id, first);
  assert.equal(head.model_changed, false);
  const { compared, new: arrived, gone, ambiguous, moved_up, moved_down } = head.counts!;
  assert.deepEqual([compared, arrived, gone, ambiguous], [200, 0, 0, 0]);
  assert.equal(moved_up! + moved_down!, 67);

  const scores = async (id: string) =>
    new Map((await allPredictions(service, id)).map((each) => [each.customer_id, each.raw_score]));
  const [before, now] = [await scores(first), await scores(second)];
  for (const order of ["size", "increase", "decrease"]) {
    const changes = await allChanges(second, `&order=${order}`);
    assert.equal(new Set(changes.map(({ customer_id }) => customer_id)).size, 200);
    assert.equal(changes.length, 200);
    for (const change of changes) {
      const difference = now.get(change.customer_id)! - before.get(change.customer_id)!;
      assert.equal(change.change, difference);
      assert.ok(Math.abs(sumOf(change) - difference) <= 1e-9);
      assert.ok(change.additivity_error <= 1e-9);
      const changed = change.contributions.filter(({ contribution }) => contribution !== 0);
      assert.deepEqual(
        changed.map(({ feature }) => feature),
        difference === 0 ? [] : ["contract"],
      );
    }
  }
});

test("the summary names the biggest movers and what moved them", async () => {
  interface Summary {
    readonly since: { readonly upload_id: string };
    readonly movers: Record<"up" | "down", readonly (Change & { readonly main_feature: Contribution })[]>;
  }
  const { since, movers } = await get<Summary>(`/v1/uploads/${second}/summary`);
  assert.equal(since.upload_id, first);
  for (const [side, order] of [
    ["up", "increase"],
    ["down", "decrease"],
  ] as const) {
    const largest = (await get<Answer>(`/v1/uploads/${second}/changes?limit=5&order=${order}`)).data;
    assert.deepEqual(
      movers[side].map(({ customer_id, change, main_feature }) => [customer_id, change, main_feature.feature]),
      largest.map(({ customer_id, change }) => [customer_id, change, "contract"]),
    );
  }
});

test("a customer who is there twice is not compared, and is counted", async () => {
  const id = await scored([...later, later[0]!, customers[5]!.with(0, "somebody new"), customers[6]!.with(0, "")]);
  const { counts, since } = await get<Answer>(`/v1/uploads/${id}/changes?since=${first}&limit=1`);
  assert.equal(since?.upload_id, first);
  assert.equal(counts?.compared, 199);
  assert.deepEqual([counts.new, counts.gone, counts.ambiguous, counts.without_id], [1, 0, 1, 1]);
  // A file of nobody's: the earlier upload's customers are all gone.
  const strangers = await scored(customers.slice(0, 3).map((cells, i) => cells.with(0, `S-${i}`)));
  const apart = await get<Answer>(`/v1/uploads/${strangers}/changes?since=${first}`);
  assert.deepEqual([apart.data, apart.counts?.new, apart.counts?.gone], [[], 3, 200]);
});

test("another model has its part, with its own features, and everything still sums to the difference", async () => {
  const { features } = await shippedSchema();
  const feature = (name: string): Feature => features.find((each) => each.name === name)!;
  const node = { mode: 0, missingTrue: true, threshold: 0.5 };
  const bundle = await smallBundle(
    "1.2.0",
    [feature("tenure_months"), feature("contract"), feature("paperless_billing"), feature("monthly_charges")],
    [
      { ...node, feature: 1, yes: { ...node, feature: 0, threshold: 20, yes: 1.5, no: 0.5 }, no: -1 },
      { ...node, feature: 3, threshold: 60, yes: -0.25, no: { ...node, feature: 2, yes: 0, no: 0.5 } },
    ],
  );
  await put("1.2.0", bundle);
  service.process.kill("SIGHUP");
  for (let tries = 0; !/"event":"model.loaded".*"version":"1\.2\.0"/.test(service.output()); tries++) {
    assert.ok(tries < 1_200, service.output());
    await sleep(50);
  }
  const id = await scored(later);
  const { since, model_changed, missing_features } = await get<Answer>(`/v1/uploads/${id}/changes?since=${first}`);
  assert.deepEqual([since?.model.version, model_changed, missing_features], ["1.1.0", true, []]);
  const parts = new Set<number>();
  for (const change of await allChanges(id, `&since=${first}`)) {
    assert.equal(change.contributions.length, 4);
    assert.equal(change.change, change.raw_score - change.previous_raw_score);
    assert.ok(Math.abs(sumOf(change) - change.change) <= 1e-9);
    parts.add(change.model_contribution);
  }
  assert.ok(parts.size > 100);
});
