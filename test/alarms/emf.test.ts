import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { datapointsOfEmf } from "./emf.ts";

const directive = (changes: object = {}) => ({
  Namespace: "lambda-function-metrics",
  Dimensions: [["functionVersion"]],
  Metrics: [{ Name: "time", Unit: "Milliseconds", StorageResolution: 60 }],
  ...changes,
});
const record = (changes: object = {}, directives: object[] = [directive()]) =>
  JSON.stringify({
    _aws: { Timestamp: 1574109732004, CloudWatchMetrics: directives },
    functionVersion: "$LATEST",
    time: 100,
    requestId: "989ffbf8-9ace-4817-a57c-e4dd734019ee",
    ...changes,
  });
const histogram = { Values: [0.5, 2], Counts: [3, 1], Max: 2.1, Min: 0.4, Count: 4, Sum: 3.5 };

describe("the embedded metric format", () => {
  it("reads the example of its specification", () => {
    assert.deepEqual(datapointsOfEmf(record()), [
      {
        namespace: "lambda-function-metrics",
        name: "time",
        dimensions: { functionVersion: "$LATEST" },
        unit: "Milliseconds",
        at: 1574109732004,
        value: 100,
        storageResolution: 60,
      },
    ]);
  });

  it("makes a metric of each dimension set, the empty one included, and of no other member", () => {
    const points = datapointsOfEmf(
      record({ region: "eu" }, [directive({ Dimensions: [[], ["functionVersion"], ["functionVersion", "region"]] })]),
    );
    assert.deepEqual(
      points.map(({ dimensions }) => dimensions),
      [{}, { functionVersion: "$LATEST" }, { functionVersion: "$LATEST", region: "eu" }],
    );
  });

  it("keeps the values of a distribution, and has none of a statistic set", () => {
    const { Max: max, Min: min, Count: count, Sum: sum } = histogram;
    const [distribution] = datapointsOfEmf(record({ time: histogram }));
    const observed = [
      { value: 0.5, count: 3 },
      { value: 2, count: 1 },
    ];
    assert.deepEqual(distribution?.value, { max, min, count, sum, observed });
    const [set] = datapointsOfEmf(record({ time: { Max: max, Min: min, Count: count, Sum: sum } }));
    assert.deepEqual(set?.value, { max, min, count, sum });
    const [array] = datapointsOfEmf(record({ time: [1, 3] }));
    assert.deepEqual(array?.value, {
      max: 3,
      min: 1,
      count: 2,
      sum: 4,
      observed: [
        { value: 1, count: 1 },
        { value: 3, count: 1 },
      ],
    });
  });

  it("reads version 0, whose directives stand on the root node and whose timestamp is text", () => {
    const line = JSON.stringify({
      Version: "0",
      Timestamp: "1574109732004",
      CloudWatchMetrics: [directive()],
      functionVersion: "1",
      time: 7,
    });
    const [point] = datapointsOfEmf(line);
    assert.deepEqual([point?.at, point?.value, point?.dimensions], [1574109732004, 7, { functionVersion: "1" }]);
  });

  it("takes a metric without a unit as None, and keeps a high resolution", () => {
    const [point] = datapointsOfEmf(record({}, [directive({ Metrics: [{ Name: "time", StorageResolution: 1 }] })]));
    assert.deepEqual([point?.unit, point?.storageResolution], ["None", 1]);
  });

  const broken: Record<string, [line: string, says: RegExp]> = {
    "no JSON": ["{", /not JSON/],
    "no object": ["[]", /not a JSON object/],
    "a log line without metrics": [
      JSON.stringify({ level: "info", Version: "1" }),
      /neither _aws nor CloudWatchMetrics/,
    ],
    "no timestamp": [JSON.stringify({ _aws: { CloudWatchMetrics: [directive()] }, time: 1 }), /Timestamp/],
    "no metric value": [record({ time: undefined }), /metric time has no value/],
    "a metric that is text": [record({ time: "100" }), /time/],
    "a dimension that is a number": [record({ functionVersion: 3 }), /dimension functionVersion is 3/],
    "a dimension that is absent": [record({}, [directive({ Dimensions: [["host"]] })]), /dimension host/],
    "an unknown unit": [
      record({}, [directive({ Metrics: [{ Name: "time", Unit: "{upload}" }] })]),
      /no unit of CloudWatch/,
    ],
    "an unknown version": [
      JSON.stringify({ Version: "7", Timestamp: "1", CloudWatchMetrics: [directive()], time: 1 }),
      /Version/,
    ],
    "more Values than Counts": [record({ time: { ...histogram, Counts: [4] } }), /2 Values and 1 Counts/],
    "a Count that is not the sum of Counts": [
      record({ time: { ...histogram, Count: 5 } }),
      /Count of 5 and Counts of 4/,
    ],
    "more than 100 values": [record({ time: Array.from({ length: 101 }, () => 1) }), /time/],
    "a statistic set without a Sum": [record({ time: { Max: 1, Min: 1, Count: 1 } }), /Sum/],
    "no dimension sets": [record({}, [directive({ Dimensions: [] })]), /Dimensions/],
  };
  for (const [what, [line, says]] of Object.entries(broken))
    it(`refuses ${what}`, () => assert.throws(() => datapointsOfEmf(line), says));

  it("gives metrics × dimension sets datapoints, each at the record's time", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[A-Z][a-z]{1,8}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 4 }), fc.nat(), (metrics, sets, at) => {
        const dimensions = Array.from({ length: sets }, (_, i) => Array.from({ length: i }, (_, j) => `d${j}`));
        const line = JSON.stringify({
          _aws: {
            Timestamp: at,
            CloudWatchMetrics: [directive({ Dimensions: dimensions, Metrics: metrics.map((Name) => ({ Name })) })],
          },
          ...Object.fromEntries(metrics.map((name, i) => [name, i])),
          ...{ d0: "a", d1: "b", d2: "c" },
        });
        const points = datapointsOfEmf(line);
        assert.equal(points.length, metrics.length * sets);
        assert.ok(points.every((point) => point.at === at));
      }),
    );
  });
});
