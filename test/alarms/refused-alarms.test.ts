import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createEvaluator } from "./evaluator.ts";
import { compositeAlarm as composite, metricAlarm as metric, query as watches } from "./example-alarms.ts";
import { createMetricStore } from "./metric-store.ts";

describe("the evaluator refuses", () => {
  const math = (expression: string, period = 60) =>
    metric({
      watches: {
        metrics: { m1: watches(), m2: watches({ periodSeconds: period }) },
        expressions: { e1: expression },
        returns: "e1",
      },
    });
  const refused: Record<string, [alarms: Parameters<typeof createEvaluator>[0], says: RegExp]> = {
    "two alarms of one name": [[metric(), metric()], /two alarms have the name errors/],
    "a period that CloudWatch does not have": [[metric({ watches: watches({ periodSeconds: 45 }) })], /period of 45 s/],
    "more datapoints than periods": [[metric({ datapointsToAlarm: 4 })], /4 datapoints to alarm of 3/],
    "more than a day of minutes": [[metric({ evaluationPeriods: 1441 })], /more than 86400 s/],
    "a statistic it does not know": [[metric({ watches: watches({ statistic: "tm99" }) })], /tm99 is not implemented/],
    "low samples of what is no percentile": [[metric({ lowSampleCount: "ignore" })], /no percentile/],
    "an unknown function": [[math("SORT(m1, AVG, DESC)")], /SORT is not implemented/],
    "an unknown id": [[math("m1 + m3")], /id m3/],
    "metrics of different periods": [[math("m1 + m2", 300)], /mixes periods of 60, 300 s/],
    "a rule on an alarm that is not there": [[composite("ALARM(errors)")], /names errors, which is not there/],
    "a suppressor that is not there": [
      [
        metric(),
        composite("ALARM(errors)", { suppressor: { alarm: "x", waitPeriodSeconds: 0, extensionPeriodSeconds: 0 } }),
      ],
      /names x/,
    ],
    "a circle": [[composite("OK(b)", { name: "a" }), composite("OK(a)", { name: "b" })], /circle: a → b → a/],
  };
  for (const [what, [alarms, says]] of Object.entries(refused))
    it(what, () => assert.throws(() => createEvaluator(alarms, createMetricStore()), says));
});
