/** Drift: the index by hand, the shipped model's own distribution, and how seldom chance alone looks like it. Under a second. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { createDriftCounter, stabilityIndex } from "../../src/features/drift.ts";
import { type Feature, Schema } from "../../src/features/schema.ts";
import { limits } from "../../src/limits.ts";

const file = fileURLToPath(new URL("../../models/telecom/1.1.0/schema.json", import.meta.url));
const raw = JSON.parse(readFileSync(file, "utf8"));
const schema = v.parse(Schema, raw);
const width = schema.features.length;
const all = new Set(schema.features.map(({ name }) => name));
const indexOf = (name: string) => schema.features.findIndex((feature) => feature.name === name);

/** The same numbers at every run: mulberry32. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A value as the training data has it: a bin by its share, then a value inside it. */
function createDraw({
  kind,
  distribution: { missing, shares, bins },
  ...rest
}: Feature): (dice: () => number) => number {
  const parts = (kind === "numeric" ? bins?.shares : shares) ?? [];
  const values =
    "categories" in rest ? rest.categories.map(({ code }) => code) : [...bins!.edges, bins!.edges.at(-1)! * 2];
  return (dice) => {
    if (dice() < missing) return Number.NaN;
    let left = dice();
    let bin = 0;
    while (bin < parts.length - 1 && left >= parts[bin]!) left -= parts[bin++]!;
    return values[bin]!;
  };
}

const draws = schema.features.map(createDraw);

function draw(rows: number, dice: () => number): Float32Array {
  return Float32Array.from({ length: rows * width }, (_, i) => draws[i % width]!(dice));
}

test("the index is the sum that the literature gives, and an empty bin counts as the smallest share", () => {
  const expected = 0.3 * Math.log(2.5) + -0.3 * Math.log(0.5 / 0.8);
  assert.ok(Math.abs(stabilityIndex([50, 50], [0.2, 0.8], 100) - expected) < 1e-12);
  const empty = (limits.driftShare - 0.5) * Math.log(limits.driftShare / 0.5) + 0.5 * Math.log(2);
  assert.ok(Math.abs(stabilityIndex([0, 100], [0.5, 0.5], 100) - empty) < 1e-12);
  assert.equal(stabilityIndex([0, 7], [0, 1], 7), 0);
});

test("at the smallest size chance alone passes 0.25 in none of 2,000 healthy files, and is as small as theory says", () => {
  const dice = createDice(11);
  const files = 2_000;
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < files; i++) {
    const counter = createDriftCounter(schema, all);
    counter.add(draw(limits.driftRows, dice), limits.driftRows);
    const drift = counter.result();
    for (const { psi } of drift) largest = Math.max(largest, psi ?? Number.POSITIVE_INFINITY);
    sum += drift[indexOf("tenure_months")]!.psi!;
  }
  assert.ok(largest < limits.driftIndex / 2, `largest ${largest}`);
  const bins = raw.features[indexOf("tenure_months")].distribution.bins.shares.length;
  const bias = (bins - 1) / limits.driftRows;
  assert.ok(Math.abs(sum / files / bias - 1) < 0.1, `mean ${sum / files}, expected ${bias}`);
});

test("the simulation can fail: a tenth as many rows do pass 0.25 by chance, hence the smallest size", () => {
  const dice = createDice(12);
  const rows = limits.driftRows / 10;
  const { shares } = raw.features[indexOf("tenure_months")].distribution.bins;
  const draw = draws[indexOf("tenure_months")]!;
  const marks: number[] = raw.features[indexOf("tenure_months")].distribution.bins.edges;
  let over = 0;
  for (let i = 0; i < 500; i++) {
    const counts = new Array<number>(shares.length).fill(0);
    for (let row = 0; row < rows; row++) {
      const value = draw(dice);
      counts[marks.filter((mark) => value > mark).length]! += 1;
    }
    if (stabilityIndex(counts, shares, rows) > limits.driftIndex) over++;
  }
  assert.ok(over > 50, `${over} of 500`);
});

test("other customers are seen, on the feature they differ in, and told with care", () => {
  const rows = 1_000;
  const features = draw(rows, createDice(13));
  const contract = indexOf("contract");
  for (let row = 0; row < rows; row++) features[row * width + contract] = 0;
  const counter = createDriftCounter(schema, all);
  // In two blocks, as a file comes.
  counter.add(features.subarray(0, 400 * width), 400);
  counter.add(features.subarray(400 * width), 600);
  const drift = counter.result();
  const { psi, note } = drift[contract]!;
  assert.equal(note, `Contract looks unlike the training data (PSI ${psi!.toFixed(2)}): treat the scores with care.`);
  assert.ok(psi! > 0.5);
  assert.deepEqual(drift.filter((entry) => entry.note !== null).length, 1);
});

test("a few missing values are no drift, many are", () => {
  const tenure = indexOf("tenure_months");
  const psiWith = (share: number): number => {
    const features = draw(2_000, createDice(14));
    for (let row = 0; row < 2_000 * share; row++) features[row * width + tenure] = Number.NaN;
    const counter = createDriftCounter(schema, all);
    counter.add(features, 2_000);
    const { psi, missing_share } = counter.result()[tenure]!;
    assert.equal(missing_share, share);
    return psi!;
  };
  assert.ok(psiWith(0.03) < 0.1);
  assert.ok(psiWith(0.3) > limits.driftIndex);
});

test("a missing column, a small file and a bundle without a baseline have no index, each with its reason", () => {
  const inFile = new Set(all);
  inFile.delete("streaming_tv");
  const old = structuredClone(raw);
  for (const feature of old.features) delete feature.distribution.bins;
  delete old.training.confidence_deviation;
  const reasons = (of: typeof schema, rows: number) => {
    const counter = createDriftCounter(of, inFile);
    counter.add(draw(rows, createDice(15)), rows);
    return (name: string) => {
      const { psi, psi_missing, note } = counter.result()[indexOf(name)]!;
      assert.equal(psi === null, psi_missing !== null);
      assert.equal(note, null);
      return psi_missing;
    };
  };
  const small = reasons(schema, limits.driftRows - 1);
  assert.equal(small("streaming_tv"), "not_in_file");
  assert.equal(small("contract"), "too_few_rows");
  const enough = reasons(schema, limits.driftRows);
  assert.equal(enough("contract"), null);
  assert.equal(enough("streaming_tv"), "not_in_file");
  // A schema as it was before there were bins still parses.
  const before = reasons(v.parse(Schema, old), limits.driftRows);
  assert.equal(before("tenure_months"), "no_baseline");
  assert.equal(before("contract"), null);
});

test("a distribution that cannot be one is refused with the schema", () => {
  const spoilt: readonly [string, (tenure: (typeof raw)["features"][0]["distribution"]) => void][] = [
    ["edges must ascend", ({ bins }) => bins.edges.reverse()],
    ["one share more than edges", ({ bins }) => bins.edges.pop()],
    ["shares must sum to 1", ({ bins }) => bins.shares.fill(0.2)],
    ["bins for numbers only", (distribution) => (distribution.shares = [1])],
  ];
  for (const [message, spoil] of spoilt) {
    const copy = structuredClone(raw);
    spoil(copy.features[indexOf("tenure_months")].distribution);
    const { success, issues } = v.safeParse(Schema, copy);
    assert.ok(!success && issues.some((issue) => issue.message.includes(message)), message);
  }
  for (const shares of [[0.5], [0.9, 0.9, 0.9]]) {
    const copy = structuredClone(raw);
    copy.features[indexOf("contract")].distribution.shares = shares;
    assert.ok(!v.safeParse(Schema, copy).success, String(shares));
  }
});
