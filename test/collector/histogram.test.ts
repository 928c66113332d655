/** The shape of histograms: what percentiles can be had of, how exact they are, and when one series is more than one record. */
import assert from "node:assert/strict";
import type { EmfMetric } from "../alarms/emf.ts";
import { after, test } from "../slow-test.ts";
import { skipWithoutCollector, startCollector } from "./collector.ts";
import { isDistribution, metricsOf, percentile, type Values } from "./emf.ts";
import { type SdkOptions, startSdk } from "./sdk.ts";

const skip = skipWithoutCollector();
const collector = skip === false ? await startCollector() : null;
after(async () => collector?.stop());

/** What arrived of values that one histogram recorded within one export. Each test has an instrument of its own. */
async function arrived(
  [namespace, name]: readonly [string, string],
  values: readonly number[],
  options: SdkOptions = {},
): Promise<readonly EmfMetric[]> {
  const sdk = startSdk(collector!.url, options);
  const histogram = sdk.meter(namespace).createHistogram(name);
  for (const value of values) histogram.record(value);
  await sdk.stop();
  const ofIt = (lines: readonly string[]) => metricsOf(lines).filter((datum) => datum.name === name);
  const countOf = ({ value }: EmfMetric) => (typeof value === "number" ? 0 : value.count);
  await collector!.waitFor((lines) => ofIt(lines).reduce((sum, datum) => sum + countOf(datum), 0) === values.length);
  return ofIt(collector!.lines());
}

function distributions(data: readonly EmfMetric[]): Values[] {
  return data.map(({ value }) => {
    assert.ok(isDistribution(value));
    return value;
  });
}

/** Standard normal numbers by Box and Muller, from a multiplicative generator: the same in every run. */
function* normals(): Generator<number, never> {
  let state = 20_261_125;
  const uniform = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (;;) yield Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const normal = normals();
/** Seconds with a median of 2 and a long tail: from some tens of milliseconds to about a minute and a half. */
const durations = Array.from({ length: 10_000 }, () => 2 * Math.exp(normal.next().value));

/** `count` values from 1 to `spread`, evenly by their logarithm. */
const evenly = (spread: number, count = 10_000) => Array.from({ length: count }, (_, i) => spread ** (i / (count - 1)));

function worstError(seen: readonly Values[], values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const errors = Array.from({ length: 49 }, (_, i) => {
    const share = 0.51 + i / 100;
    return Math.abs(percentile(seen, share) / sorted[Math.ceil(share * sorted.length) - 1]! - 1);
  });
  return Math.max(...errors);
}

test("Values and Counts in one record, with the p95 of 10,000 durations within 5 % of the truth", {
  skip,
}, async () => {
  const data = await arrived(["RetainWise/API", "UploadEndToEndDuration"], durations);
  assert.equal(data.length, 1, "one record a series");
  const seen = distributions(data);
  const [{ observed, sum, min, max }] = seen as [Values];
  assert.ok(observed.length <= 100, `${observed.length} buckets`);
  const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
  assert.equal(total(observed.map(({ count }) => count)), 10_000);
  assert.ok(Math.abs(sum / total(durations) - 1) < 1e-9);
  const sorted = durations.toSorted((a, b) => a - b);
  assert.deepEqual([min, max], [sorted[0], sorted.at(-1)]);
  for (const share of [0.5, 0.95, 0.99]) {
    const [truth, found] = [sorted[share * 10_000 - 1]!, percentile(seen, share)];
    assert.ok(Math.abs(found / truth - 1) < 0.05, `p${share * 100}: ${found}, in truth ${truth}`);
  }
});

test("twin: explicit buckets arrive as a statistic set, of which no percentile can be had", { skip }, async () => {
  const [datum] = await arrived(["RetainWise/Worker", "S3DownloadDuration"], durations, { histograms: "explicit" });
  assert.equal(isDistribution(datum!.value), false);
  assert.deepEqual(Object.keys(datum!.value).toSorted(), ["count", "max", "min", "sum"]);
});

/** Buckets grow by 2^(1/8) as long as 100 of them span the values of one export: up to 2^(100/8), about 5,800 to one. Half a bucket is 4.4 %. */
test("every percentile is within 5 % while the largest value of an export is 5,000 times the smallest", {
  skip,
}, async () => {
  const values = evenly(5_000);
  const error = worstError(distributions(await arrived(["RetainWise/API", "UploadFileSizeMB"], values)), values);
  assert.ok(error < 0.05, `${error}`);
});

test("twin: at 50,000 times a bucket is twice as wide and the error up to 9 %", { skip }, async () => {
  const values = evenly(50_000);
  const error = worstError(distributions(await arrived(["RetainWise/Worker", "JobQueueDwell"], values)), values);
  assert.ok(error > 0.05 && error < 0.09, `${error}`);
});

test("twin: more than 100 buckets are more than one record, and the sum stands in the first alone", {
  skip,
}, async () => {
  const values = evenly(400_000);
  const data = await arrived(["RetainWise/MLPipeline", "ExplanationDuration"], values, { maxSize: 160 });
  assert.ok(data.length > 1, `${data.length} records`);
  assert.equal(distributions(data).filter(({ sum }) => sum !== 0).length, 1);
});

test("a zero takes a bucket beside the 100: a second record, whose counts and extremes still add up", {
  skip,
}, async () => {
  const full = evenly(5_700).map((value) => value * 1.01); // in every bucket from (1, 1.09] to (5311, 5793]
  const values = [0, ...full];
  const data = await arrived(["RetainWise/MLPipeline", "ExplanationResidual"], values);
  assert.equal(data.length, 2);
  const seen = distributions(data);
  assert.equal(Math.min(...seen.map(({ min }) => min)), 0);
  assert.equal(Math.max(...seen.map(({ max }) => max)), full.at(-1));
  assert.ok(worstError(seen, values) < 0.05);
});

test("with 99 buckets a zero stays in the one record", { skip }, async () => {
  const values = [0, ...evenly(5_000)];
  const data = await arrived(["RetainWise/MLPipeline", "MappingConfidence"], values, { maxSize: 99 });
  assert.equal(data.length, 1);
});
