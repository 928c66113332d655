/** A queue that is subscribed to a topic of alarms, as a pager would be, and what has arrived in it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalEmu } from "../aws/localemu.ts";
import { callAws } from "./call-aws.ts";

/** What CloudWatch tells of a change of state. */
export interface Notice {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly NewStateValue: string;
  readonly NewStateReason: string;
}

export interface Subscriber {
  /** All that has arrived up to now. */
  receive(): Promise<readonly Notice[]>;
  /** The first that fits; throws when none has come within `seconds`. */
  wait(fits: (notice: Notice) => boolean, seconds: number): Promise<Notice>;
}

export async function subscribe({ client }: LocalEmu, topicArn: string): Promise<Subscriber> {
  const { endpoint, region } = client;
  const root = { endpoint, region, accessKeyId: "test" };
  const name = `pager-of-${topicArn.split(":").at(-1)}`;
  const sqs = async <T>(action: string, body: unknown): Promise<T> => {
    const { status, answer } = await callAws({ ...root, service: "sqs" }, { action: `AmazonSQS.${action}`, body });
    if (status !== 200) throw new Error(`${action}: ${answer}`);
    return (answer === "" ? {} : JSON.parse(answer)) as T;
  };
  const allow = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: "*",
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
  const { QueueUrl } = await sqs<{ QueueUrl: string }>("CreateQueue", { QueueName: name, Attributes: { Policy } });
  const queueArn = `arn:aws:sqs:${region}:000000000000:${name}`;
  const form = { Version: "2010-03-31", TopicArn: topicArn, Protocol: "sqs", Endpoint: queueArn };
  const subscribed = await callAws({ ...root, service: "sns" }, { action: "Subscribe", form });
  if (subscribed.status !== 200) throw new Error(`Subscribe: ${subscribed.answer}`);
  const arrived: Notice[] = [];

  async function receive(): Promise<readonly Notice[]> {
    for (;;) {
      const body = { QueueUrl, MaxNumberOfMessages: 10 };
      const { Messages: messages = [] } = await sqs<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
        "ReceiveMessage",
        body,
      );
      for (const { Body, ReceiptHandle } of messages) {
        arrived.push(JSON.parse((JSON.parse(Body) as { Message: string }).Message) as Notice);
        await sqs("DeleteMessage", { QueueUrl, ReceiptHandle });
      }
      if (messages.length === 0) return arrived;
    }
  }

  return {
    receive,
    async wait(fits, seconds) {
      const deadline = Date.now() + seconds * 1_000;
      for (;;) {
        const found = (await receive()).find(fits);
        if (found !== undefined) return found;
        if (Date.now() > deadline) throw new Error(`not within ${seconds} s; arrived: ${JSON.stringify(arrived)}`);
        await sleep(250);
      }
    },
  };
}
