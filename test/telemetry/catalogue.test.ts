import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createRoutes } from "../../src/api/routes.ts";
import { errorKinds } from "../../src/error-kinds.ts";
import { type Instrument, instruments } from "../../src/telemetry/catalogue.ts";
import { createMemoryServices } from "../api/memory-services.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html, Unit. */
const standardUnits =
  /^(Seconds|Microseconds|Milliseconds|((Kilo|Mega|Giga|Tera)?(bytes|bits)|Bytes|Bits)(\/Second)?|Percent|Count(\/Second)?|None)$/;

const choices = ({ attributes }: Instrument, key: string): number => {
  const values = attributes[key]!;
  return "most" in values ? values.most + 1 : values.length;
};

test("instruments have their own names, a unit that CloudWatch knows, and a dimension among their attributes", () => {
  assert.ok(instruments.length > 40);
  assert.equal(new Set(instruments.map(({ name }) => name)).size, instruments.length);
  for (const { name, cloudWatchUnit, dimension, attributes, description } of instruments) {
    assert.match(cloudWatchUnit, standardUnits, name);
    assert.match(name, /^[A-Za-z][A-Za-z0-9._]{0,100}$/);
    assert.ok(description.endsWith("."), name);
    if (dimension !== null) assert.ok(dimension in attributes, name);
  }
});

test("CloudWatch sees fewer than 300 metrics, whatever is uploaded", () => {
  const metrics = instruments.map((each) => 1 + (each.dimension === null ? 0 : choices(each, each.dimension)));
  const sum = metrics.reduce((total, count) => total + count, 0);
  assert.ok(sum < 300, `${sum}`);
});

test("no instrument can reach OpenTelemetry's 2,000 series, where it would begin to merge them", () => {
  for (const each of instruments) {
    const product = Object.keys(each.attributes).reduce((total, key) => total * choices(each, key), 1);
    const series = each.name === "http.server.request.duration" ? requestSeries() : product;
    assert.ok(series < 1_000, `${each.name}: ${series}`);
  }
});

/** Routes, methods and statuses do not combine freely: what each call of the API can answer, and `none` for the rest. */
function requestSeries(): number {
  const never = new AbortController().signal;
  const routes = createRoutes(createMemoryServices(), {
    pollMilliseconds: 1,
    heartbeatMilliseconds: 1,
    stopping: never,
  });
  const known = routes.map(({ method, operation: { answers, problems } }) => {
    const statuses = new Set([...Object.keys(answers), ...problems.map((code) => String(errorKinds[code].status))]);
    for (const status of [400, 401, 403, 404, 429, 500, 503]) statuses.add(String(status));
    return statuses.size * (method === "GET" ? 2 : 1);
  });
  return known.reduce((sum, count) => sum + count, 6 * 8);
}

test("every instrument is used somewhere, and none that is not here", () => {
  const folder = fileURLToPath(new URL("../../src", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !path.endsWith("catalogue.ts"),
  );
  const code = files.map((path) => readFileSync(join(folder, path), "utf8")).join("\n");
  const unused = instruments.map(({ name }) => name).filter((name) => !code.includes(`("${name}"`));
  assert.deepEqual(unused, []);
});
