/** A poison message → dead-letter queue → the metric that SQS publishes → ALARM → SNS → a queue of notices; then the way back to OK. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { createSqsClient } from "../../src/queue/sqs.ts";
import type { LocalEmu } from "../aws/localemu.ts";
import { callAws } from "../terraform/call-aws.ts";
import { createCloudWatch } from "./cloudwatch.ts";
import { metricAlarm } from "./example-alarms.ts";

export type Notice = v.InferOutput<typeof Notice>;

const Notice = v.object({
  AlarmName: v.string(),
  AlarmDescription: v.string(),
  OldStateValue: v.string(),
  NewStateValue: v.string(),
});
const Envelope = v.pipe(v.string(), v.parseJson(), v.object({ Message: v.pipe(v.string(), v.parseJson(), Notice) }));

/** Gives the notices up to the one that says OK after ALARM. `description` is the alarm's: what a woken person reads. */
export async function runDeadLetterLoop(
  emu: LocalEmu,
  description: string,
): Promise<{ notices: Notice[]; receptions: number }> {
  const { endpoint, region } = emu.client;
  const sqs = createSqsClient(emu.client);
  const cloudWatch = createCloudWatch(endpoint);
  const dead = await createQueue(sqs, "loop-dead-letters");
  const work = await createQueue(sqs, "loop-work", {
    VisibilityTimeout: "0",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
  });
  const notices = await createQueue(sqs, "loop-notices");
  const sns = { endpoint, region, service: "sns", accessKeyId: "test" };
  const created = await callAws(sns, { action: "CreateTopic", form: { Name: "loop-critical" } });
  const topic = /<TopicArn>([^<]+)</.exec(created.answer)?.[1];
  if (topic === undefined) throw new Error(`CreateTopic: ${created.answer.slice(0, 300)}`);
  const subscription = { TopicArn: topic, Protocol: "sqs", Endpoint: notices.arn };
  const subscribed = await callAws(sns, { action: "Subscribe", form: subscription });
  if (subscribed.status !== 200) throw new Error(`Subscribe: ${subscribed.answer.slice(0, 300)}`);

  const alarm = metricAlarm({
    name: "loop-dead-letters",
    description,
    watches: {
      namespace: "AWS/SQS",
      name: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "loop-dead-letters" },
      statistic: "Maximum",
      periodSeconds: 10,
    },
    threshold: 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    actions: { ALARM: [topic], OK: [topic], INSUFFICIENT_DATA: [] },
  });
  await cloudWatch.putAlarm(alarm);

  await sqs.send(new SendMessageCommand({ QueueUrl: work.url, MessageBody: "no job at all" }));
  let receptions = 0;
  while ((await receive(sqs, dead.url)) === undefined) {
    // Received and never deleted: the worker cannot make anything of it.
    if ((await receive(sqs, work.url)) !== undefined) receptions++;
    if (receptions > 10) throw new Error("the message did not go to the dead-letter queue");
  }

  const heard: Notice[] = [];
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
    const message = await receive(sqs, notices.url);
    if (message === undefined) continue;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: notices.url, ReceiptHandle: message.receiptHandle }));
    heard.push(v.parse(Envelope, message.body).Message);
    const [before, last] = heard.slice(-2);
    if (heard.at(-1)?.NewStateValue === "ALARM") await deleteAll(sqs, dead.url); // the operator has seen to it
    if (before?.NewStateValue === "ALARM" && last?.NewStateValue === "OK") break;
  }
  sqs.destroy();
  return { notices: heard, receptions };
}

async function createQueue(
  sqs: SQSClient,
  QueueName: string,
  Attributes: Record<string, string> = {},
): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const request = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
  const { Attributes: { QueueArn: arn = "" } = {} } = await sqs.send(request);
  return { url, arn };
}

/** One message within a second. It stays on the queue, visible again at once. */
async function receive(sqs: SQSClient, QueueUrl: string): Promise<{ body: string; receiptHandle: string } | undefined> {
  const request = new ReceiveMessageCommand({
    QueueUrl,
    WaitTimeSeconds: 0,
    VisibilityTimeout: 0,
    MaxNumberOfMessages: 1,
  });
  const { Messages: [message] = [] } = await sqs.send(request);
  if (message === undefined) await sleep(250);
  return message === undefined ? undefined : { body: message.Body ?? "", receiptHandle: message.ReceiptHandle ?? "" };
}

async function deleteAll(sqs: SQSClient, QueueUrl: string): Promise<void> {
  for (let message = await receive(sqs, QueueUrl); message !== undefined; message = await receive(sqs, QueueUrl))
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.receiptHandle }));
}
