/**
 * Alarms, topics and dashboard on a LocalEmu to which `terraform/` was applied. It keeps composite alarms as they are and evaluates plain ones; it
 * does not evaluate composite ones, has no metric math, and lets anybody use a key. So what a composite tells, and the key's policy, is not shown here.
 */
import assert from "node:assert/strict";
import type { LocalEmu } from "../aws/localemu.ts";
import { test } from "../slow-test.ts";
import { callAws } from "./call-aws.ts";
import { type Notice, subscribe } from "./subscriber.ts";

type Severity = "critical" | "warning";

export interface AppliedAlarms {
  /** Declares the tests. */
  declare(): void;
}

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly string[];
}

interface Outputs {
  readonly queue_url: string;
  readonly dead_letter_queue_url: string;
  readonly alarm_topics: Readonly<Record<Severity, string>>;
  readonly dashboard: string;
}

/** Subscribes to both topics, and leaves a dead letter as a poison message does: what LocalEmu makes of it takes it a minute or two. */
export async function watchAlarms(emu: LocalEmu, outputs: Outputs): Promise<AppliedAlarms> {
  const root = { endpoint: emu.client.endpoint, region: emu.client.region, accessKeyId: "test" };
  const sqs = async (action: string, body: unknown): Promise<string> => {
    const { status, answer } = await callAws({ ...root, service: "sqs" }, { action: `AmazonSQS.${action}`, body });
    assert.equal(status, 200, answer);
    return answer;
  };
  const cloudWatch = async <T>(action: string, body: unknown): Promise<T> => {
    const call = { action: `GraniteServiceVersion20100801.${action}`, body };
    const { status, answer } = await callAws({ ...root, service: "monitoring" }, call);
    assert.equal(status, 200, answer);
    return (answer === "" ? {} : JSON.parse(answer)) as T;
  };
  const setState = (name: string, state: "ALARM" | "OK", reason: string) =>
    cloudWatch("SetAlarmState", { AlarmName: name, StateValue: state, StateReason: reason });
  const listAlarms = async (type: "MetricAlarm" | "CompositeAlarm"): Promise<readonly Alarm[]> =>
    (await cloudWatch<Readonly<Record<`${typeof type}s`, readonly Alarm[]>>>("DescribeAlarms", { AlarmTypes: [type] }))[
      `${type}s`
    ];
  const pagers = {
    critical: await subscribe(emu, outputs.alarm_topics.critical),
    warning: await subscribe(emu, outputs.alarm_topics.warning),
  };
  await sqs("SendMessage", { QueueUrl: outputs.queue_url, MessageBody: "poison" });
  const receiveOnce = { QueueUrl: outputs.queue_url, VisibilityTimeout: 0, WaitTimeSeconds: 1 };
  for (let receive = 0; receive < 6; receive++) await sqs("ReceiveMessage", receiveOnce);

  const declare = (): void => {
    test("a poison message becomes a dead letter, AWS/SQS counts it, and the alarm tells the critical topic", async () => {
      const fits = ({ AlarmName: name, NewStateValue: state }: Notice) => name === deadLetters && state === "ALARM";
      const notice = await pagers.critical.wait(fits, 240);
      const text = /^Severity: critical\.\nIMPACT: .*\nRESOLUTION: .*retainwise-local-operator/s;
      assert.match(notice.AlarmDescription, text);
      await sqs("PurgeQueue", { QueueUrl: outputs.dead_letter_queue_url });
    });

    test("all alarms are there, and those that tell tell the topic of their severity", async () => {
      const [plain, composite] = [await listAlarms("MetricAlarm"), await listAlarms("CompositeAlarm")];
      assert.deepEqual([plain.length, composite.length], [21, 16]);
      const telling = [...plain, ...composite].filter(({ AlarmActions: actions }) => actions.length > 0);
      assert.equal(telling.length, 19);
      for (const { AlarmName: name, AlarmDescription: text, AlarmActions: actions } of telling) {
        const severity = /^Severity: (critical|warning)\./.exec(text)?.[1] as Severity;
        assert.deepEqual(actions, [outputs.alarm_topics[severity]], name);
      }
    });

    test("set-alarm-state on each that tells by itself, and back to OK, reaches the subscriber of its severity alone, with the runbook's text", async () => {
      const telling = (await listAlarms("MetricAlarm")).filter(({ AlarmActions: actions }) => actions.length > 0);
      assert.equal(telling.length, 11);
      for (const { AlarmName: name, AlarmActions: actions } of telling) {
        if (name === deadLetters) continue; // it has told by itself
        const severity: Severity = actions[0] === outputs.alarm_topics.critical ? "critical" : "warning";
        const other = pagers[severity === "critical" ? "warning" : "critical"];
        await setState(name, "OK", "to begin with");
        for (const state of ["ALARM", "OK"] as const) {
          await setState(name, state, byHand);
          const ours = (notice: Notice) => notice.NewStateReason === byHand && notice.AlarmName === name;
          const notice = await pagers[severity].wait((one) => ours(one) && one.NewStateValue === state, 30);
          assert.match(notice.AlarmDescription, /\nIMPACT: .+\nRESOLUTION: .+/);
          assert.equal((await other.receive()).some(ours), false);
        }
      }
    });

    test("an alarm that a composite tells of says nothing itself", async () => {
      const silent = (await listAlarms("MetricAlarm")).filter(({ AlarmActions: actions }) => actions.length === 0);
      assert.equal(silent.length, 10);
      for (const { AlarmName: name } of silent) await setState(name, "ALARM", "silent");
      await setState("retainwise-local-telemetry-dropped", "ALARM", "after the silent ones");
      await pagers.warning.wait((notice) => notice.NewStateReason === "after the silent ones", 30);
      for (const pager of Object.values(pagers)) {
        assert.deepEqual(
          (await pager.receive()).filter((notice) => notice.NewStateReason === "silent"),
          [],
        );
      }
    });

    test("the dashboard shows every alarm that there is, but for the causes", async () => {
      const asked = { DashboardName: outputs.dashboard };
      const { DashboardBody: body } = await cloudWatch<{ DashboardBody: string }>("GetDashboard", asked);
      const all = [...(await listAlarms("MetricAlarm")), ...(await listAlarms("CompositeAlarm"))];
      const names = all.map(({ AlarmName: name }) => name);
      const missing = names.filter((name) => !body.includes(`:alarm:${name}"`));
      assert.deepEqual(
        missing,
        names.filter((name) => name.endsWith("-explained")),
      );
      assert.equal(missing.length, 8);
    });
  };

  return { declare };
}

const deadLetters = "retainwise-local-dlq-messages-present";
const byHand = "set by hand";
