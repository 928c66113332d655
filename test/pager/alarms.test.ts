/**
 * From a real fault to the pager: what really happens to the service, as EMF of the real collector, on virtual days under CloudWatch's rules, with
 * the alarms of Terraform's own plan. No alarm is dead, and none wakes anybody for nothing.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { instruments } from "../../src/telemetry/catalogue.ts";
import { metricsOf } from "../alarms/alarm.ts";
import { alarmsFromPlan } from "../alarms/alarms-from-plan.ts";
import { widgetsFromPlan } from "../alarms/widgets-from-plan.ts";
import { skipWithoutCollector } from "../collector/collector.ts";
import { skipWithout } from "../parts.ts";
import { test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { planWithoutAws } from "../terraform/plan-without-aws.ts";
import { terraformProgram } from "../terraform/terraform.ts";
import { unmetNeeds } from "./contract.ts";
import { faults } from "./faults.ts";
import { slowJob, wrongReason } from "./injected.ts";
import { type SceneName, scenes } from "./scenes.ts";
import { startStage } from "./stage.ts";
import { type Minute, play, pointsOf, statesOf } from "./timeline.ts";

const skip =
  skipWithoutCollector() || skipReason(externalKind) || skipWithout("terraform on PATH", terraformProgram !== null);

if (skip === false) {
  const [stage, plan] = await Promise.all([startStage(), planWithoutAws()]);
  const recorded: Record<string, readonly string[]> = {};
  try {
    for (const name of Object.keys(scenes) as SceneName[]) {
      if (name === "no worker") {
        stage.rig.kill("worker");
        await sleep(2_000);
      }
      recorded[name] = await stage.record(() => scenes[name](stage));
      if (name === "no worker") await stage.rig.revive("worker");
    }
    recorded["a slow job"] = await slowJob(stage.collector);
    recorded["a wrong reason"] = await wrongReason(stage.collector);
  } finally {
    await stage.stop();
  }
  const alarms = alarmsFromPlan(plan);
  const widgets = widgetsFromPlan(plan);
  const prefix = "retainwise-test-";
  const points = Object.fromEntries(Object.entries(recorded).map(([name, lines]) => [name, pointsOf(lines)]));
  const during = (...names: string[]): Minute => ({ points: names.flatMap((name) => points[name]!), queues: [] });
  const quiet = during("quiet");
  const busy = during("healthy");

  test("every metric of every alarm and widget was emitted with its dimensions and a unit of CloudWatch's, percentiles with their values", () => {
    const lines = Object.values(recorded).flat();
    assert.ok(alarms.length >= 18, `${alarms.length} alarms`);
    assert.ok(widgets.length >= 12, `${widgets.length} widgets`);
    const { unmet, checked } = unmetNeeds(alarms, widgets, lines);
    assert.deepEqual(unmet, []);
    assert.ok(checked >= alarms.filter(({ kind }) => kind === "metric").length, `${checked} checked`);
  });

  test("a metric that is renamed, has a dimension more or forgets its values is found out", () => {
    const lines = Object.values(recorded).flat();
    const broken = (change: (line: string) => string) => unmetNeeds(alarms, widgets, lines.map(change)).unmet;
    const names = new Set(alarms.flatMap(metricsOf).map(({ namespace, name }) => `${namespace} ${name}`));
    for (const name of ["WorkerSuccess", "UploadServerError", "DatabaseWriteError", "PredictionConfidence"]) {
      assert.ok(
        [...names].some((full) => full.endsWith(` ${name}`)),
        name,
      );
      assert.notDeepEqual(
        broken((line) => line.replaceAll(`"${name}"`, `"${name}s"`)),
        [],
      );
    }
    const within = (line: string) => line.includes('"JobDeadLettered"');
    const withTask = (line: string) =>
      within(line) ? line.replaceAll('"Dimensions":[[]', '"Dimensions":[["Version"]') : line;
    assert.notDeepEqual(broken(withTask), []);
    const forgetful = (line: string) =>
      JSON.stringify(JSON.parse(line), (key, value) => (key === "Values" || key === "Counts" ? undefined : value));
    assert.notDeepEqual(broken(forgetful), []);
  });

  test("everything in the catalogue was emitted in one of the scenes, within its own dimensions and number of series", () => {
    const series = new Map<string, Set<string>>();
    for (const { namespace, name, dimensions } of Object.values(points).flat()) {
      const key = `${namespace} ${name}`;
      series.set(key, (series.get(key) ?? new Set()).add(JSON.stringify(dimensions)));
    }
    const wanted = instruments.map(({ namespace, name }) => `${namespace} ${name}`);
    // Nothing in these scenes: a queue that refuses, a model that fails within a job, a file cut off by its sender, a fault that nobody foresaw.
    const unseen = new Set(wanted.filter((key) => !series.has(key)).map((key) => key.split(" ")[1]));
    const rare = ["SQSMessageFailure", "MLPredictionError", "UploadReadError", "UploadUnexpectedError"];
    for (const name of [...rare, "WorkerUnexpectedError", "CSVParseError", "RowRejected"]) unseen.delete(name);
    assert.deepEqual([...unseen], []);
    assert.deepEqual(
      [...series.keys()].filter((key) => !wanted.includes(key)),
      [],
    );
    const total = [...series.values()].reduce((sum, { size }) => sum + size, 0);
    assert.ok(total < 300, `${total} metrics`);
    assert.ok(
      !Object.values(recorded)
        .flat()
        .some((line) => line.includes("otel.metric.overflow")),
    );
  });

  for (const [key, fault] of Object.entries(faults)) {
    test(`${key} goes on by a real fault and off again, and ${fault.told ? "somebody is told" : "its cause alone is told"}`, () => {
      const before = Array.from({ length: 40 }, () => (fault.background === "quiet" ? quiet : busy));
      const faulty = Array.from(
        { length: fault.minutes },
        (): Minute => ({
          points: [
            ...(fault.instead ? [] : busyOr(fault.background)),
            ...(fault.scene === null ? [] : points[fault.scene]!),
          ],
          queues: fault.queue === undefined ? [] : [fault.queue(prefix.slice(0, -1))],
        }),
      );
      const later = Array.from({ length: fault.recovery }, () => (fault.background === "quiet" ? quiet : busy));
      const told = play(alarms, [...before, ...faulty, ...later]);
      const own = alarms.filter(({ name, kind }) => kind === "metric" && isOf(name, key));
      assert.ok(own.length > 0, "there is such an alarm");
      for (const { name } of own) assert.deepEqual(statesOf(told, name), ["OK", "ALARM", "OK"], name);
      const announced = told.actions.filter(({ alarm, state }) => state === "ALARM" && isOf(alarm, key));
      assert.equal(announced.length, fault.told ? 1 : 0, JSON.stringify(told.actions));
      const { description } = alarms.find(({ name }) => name === own[0]!.name)!;
      const severity = /^Severity: (\w+)/.exec(description)?.[1] ?? "none";
      for (const { arns } of announced) assert.ok(arns.length === 1 && arns[0]!.includes(severity), `${arns}`);
    });
  }

  test("every alarm of the plan is driven by one of the faults", () => {
    const driven = (name: string) => Object.keys(faults).some((key) => isOf(name, key));
    assert.deepEqual(
      alarms.map(({ name }) => name).filter((name) => !driven(name)),
      [],
    );
  });

  test("a healthy day with a quiet night, and one error in a quiet hour, tell nobody anything", () => {
    const hour = (each: Minute) => Array.from({ length: 60 }, () => each);
    const day = [
      ...Array.from({ length: 5 }, () => hour(quiet)).flat(),
      ...hour(quiet).with(30, during("quiet", "one upload fails")),
      ...Array.from({ length: 6 }, () => hour(busy)).flat(),
      ...Array.from({ length: 3 }, () => hour(quiet)).flat(),
    ];
    for (const fillsEmptySeries of [true, false]) {
      const { changes, actions } = play(alarms, day, { fillsEmptySeries });
      assert.deepEqual(
        changes.filter(({ to }) => to === "ALARM"),
        [],
      );
      assert.deepEqual(
        actions.filter(({ state }) => state === "ALARM"),
        [],
      );
    }
  });

  function busyOr(background: "busy" | "quiet") {
    return (background === "quiet" ? quiet : busy).points;
  }
  function isOf(name: string, key: string): boolean {
    const rest = name.slice(prefix.length);
    return rest.startsWith(key) && /^(-1h|-5m|-6h|-30m|-notice|-explained)?$/.test(rest.slice(key.length));
  }
} else {
  test("runs where the collector, Postgres and Terraform are", { skip }, () => undefined);
}
