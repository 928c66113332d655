/** Charts are pure: numbers in, SVG out; what is drawn is measured against the numbers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { unitsFor } from "../../src/features/conversion.ts";
import { beeswarm } from "../../src/web/charts/beeswarm.ts";
import { histogram } from "../../src/web/charts/histogram.ts";
import { hourBars } from "../../src/web/charts/hours.ts";
import { shapBar } from "../../src/web/charts/shap-bar.ts";
import { waterfall } from "../../src/web/charts/waterfall.ts";
import { unitWords } from "../../src/web/parts/units.ts";

const attributes = (text: string, element: string): Record<string, string>[] =>
  [...text.matchAll(new RegExp(`<${element} ([^>]*?)/?>`, "g"))].map(([, inside]) =>
    Object.fromEntries([...inside!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!])),
  );
const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.02;

test("a waterfall's bars begin where the one before ends, and the last one ends at the score", () => {
  const steps = [1.2, -0.5, 0.3].map((shapValue, i) => ({ label: `f${i}`, value: "1", usual: "", shapValue }));
  const text = String(waterfall(-1, 0, steps));
  const bars = attributes(text, "rect").map(({ x, width, class: mark }) => ({
    from: Number(x),
    to: Number(x) + Number(width),
    mark,
  }));
  const [up, down, again] = bars;
  assert.deepEqual(
    bars.map(({ mark }) => mark),
    ["raises", "lowers", "raises"],
  );
  // Up ends on the right, down begins there and ends on its left, and up again begins there.
  assert.ok(near(up!.to, down!.to) && near(down!.from, again!.from));
  const ends = [...text.matchAll(/class="end"[^>]* d="M([\d.]+) /g)].map(([, at]) => Number(at));
  assert.ok(near(ends[0]!, up!.from) && near(ends[1]!, again!.to), JSON.stringify({ ends, bars }));
  const other = attributes(String(waterfall(-1, 0, [{ ...steps[0]!, shapValue: 0.9 }, ...steps.slice(1)])), "rect");
  assert.notEqual(Number(other[0]!["width"]), up!.to - up!.from);
});

test("a bar of points fills half of its place at most, to the right for what raises, to the left for what lowers", () => {
  const of = (value: number) => attributes(String(shapBar(value, 2)), "rect")[0]!;
  assert.deepEqual([of(1)["x"], of(1)["width"], of(1)["class"]], ["50.00", "25.00", "raises"]);
  assert.deepEqual([of(-1)["x"], of(-1)["width"], of(-1)["class"]], ["25.00", "25.00", "lowers"]);
  assert.deepEqual([of(9)["width"], of(-9)["x"]], ["50.00", "0.00"]);
});

test("a histogram's bars are as high as their numbers, in the colours of the tiers where these are known", () => {
  const text = String(histogram([4, 0, 2, 1], { medium: 0.3, high: 0.6 }));
  const bars = attributes(text, "rect").filter(({ height }) => height !== "10");
  assert.deepEqual(
    bars.map(({ height }) => Number(height)),
    [100, 50, 25],
  );
  assert.deepEqual(
    bars.map(({ class: tier }) => tier),
    ["tier-low", "tier-high", "tier-high"],
  );
  assert.match(text, /high, from 60\.0%/);
  const unknown = String(histogram([4, 0, 2, 1], null));
  assert.ok(!unknown.includes("tier-high") && !unknown.includes("from 60"));
});

test("a beeswarm has a dot for each value, and its words say which way high values go", () => {
  const shapValues = [-1, -0.9, 0.8, 1];
  const text = String(beeswarm([{ feature: "f", label: "Fee", shapValues, positions: [0.1, 0.2, 0.9, null] }]));
  assert.equal([...text.matchAll(/M[\d.]+ [\d.]+h0/g)].length, 4);
  assert.match(text, /Fee: low values weigh -0\.95 on average, high values \+0\.80\./);
  assert.ok(text.includes("tone-none"));
});

test("hours are stacked on each other, and an hour of nothing has no bar", () => {
  const starts = ["2026-01-01T00:00:00.000Z", "2026-01-01T01:00:00.000Z"];
  const series = [
    { label: "Done", mark: "mark-1", values: [3, 0] },
    { label: "Failed", mark: "mark-bad", values: [1, 0] },
  ];
  const text = String(hourBars({ title: "Uploads.", starts, series, say: String }));
  const paths = attributes(text, "path").filter(({ class: mark }) => mark?.startsWith("mark") === true);
  assert.deepEqual(
    paths.map(({ d }) => d),
    ["M0 100V25h0.9V100z", "M0 25V0h0.9V25z"],
  );
});

test("every unit that values may be given in has words", () => {
  for (const unit of ["months", "currency_per_month", "currency"].flatMap(unitsFor))
    assert.ok(unit === unitWords(unit) ? /^[a-z]+$/.test(unit) : !unitWords(unit).includes("_"), unit);
  assert.equal(unitWords("no_such_unit"), "no such unit");
  assert.notEqual(unitWords("per_interval"), "per interval");
});
