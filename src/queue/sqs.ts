/**
 * The queue in SQS (a standard queue). How often a message is received before it is a dead letter (`maxReceiveCount`), where dead letters go and
 * how long messages are kept are the queue's own settings (RedrivePolicy, MessageRetentionPeriod), not this program's: one dead-letter queue
 * for each queue, and a `maxReceiveCount` of at least 5, because an aborted long poll may cost a message one receive.
 */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
  type Message as SqsMessage,
} from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { awsClientOptions } from "../aws/client-options.ts";
import { createSqsCall, isStaleReceipt } from "../aws/sqs-call.ts";
import { createSqsDeadLetters } from "../aws/sqs-dead-letters.ts";
import { moveAllMessages } from "../aws/sqs-move.ts";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { fairGroup } from "./fair-group.ts";
import type { Message, Queue } from "./queue.ts";

export interface SqsQueuePlace {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** Found by the queue's RedrivePolicy when not given; that needs sqs:GetQueueUrl. */
  readonly deadLetterUrl?: string;
}

export interface SqsQueueOptions {
  readonly visibilityTimeoutSeconds?: number;
  /** Longest time without an answer to one attempt, milliseconds; a long poll gets its wait on top. */
  readonly requestMilliseconds?: number;
  /** How many message groups the tenants are spread over (fair queues); 0 sends without a group. */
  readonly fairBuckets?: number;
  /** Of a redrive of all, at most 500. */
  readonly redriveMessagesPerSecond?: number;
}

/**
 * Region (the queue's) and credentials come from the SDK's environment unless given; requests go to the host of the queue's URL unless an
 * endpoint is. Whoever makes a client calls its `destroy`.
 */
export function createSqsClient(config: SQSClientConfig = {}): SQSClient {
  const options = awsClientOptions({ requestMilliseconds: limits.awsRequestMilliseconds });
  return new SQSClient({ ...options, logger: silent, ...config });
}

export function createSqsQueue(place: SqsQueuePlace, options: SqsQueueOptions = {}): Queue {
  const { client, queueUrl } = place;
  const visibilityTimeoutSeconds = options.visibilityTimeoutSeconds ?? limits.visibilityTimeoutSeconds;
  const fairBuckets = options.fairBuckets ?? limits.fairBuckets;
  const { requestMilliseconds = limits.awsRequestMilliseconds, redriveMessagesPerSecond } = options;
  const call = createSqsCall({ requestMilliseconds });
  /** Ends waits only: what is received can still be deleted and extended. */
  const stopping = new AbortController();
  let deadLetterUrl: Promise<string | null> | null = null;

  async function attributes(url: string, names: QueueAttributeName[]) {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: names });
    return (await call((sendOptions) => client.send(command, sendOptions))).Attributes ?? {};
  }

  async function count(url: string) {
    const found = await attributes(url, [
      "ApproximateNumberOfMessages",
      "ApproximateNumberOfMessagesNotVisible",
      "ApproximateNumberOfMessagesDelayed",
    ]);
    const visible = Number(found.ApproximateNumberOfMessages ?? 0);
    const inFlight = Number(found.ApproximateNumberOfMessagesNotVisible ?? 0);
    const delayed = Number(found.ApproximateNumberOfMessagesDelayed ?? 0);
    return { visible, inFlight, delayed, all: visible + inFlight + delayed };
  }

  function findDeadLetters(): Promise<string | null> {
    deadLetterUrl ??= readDeadLetterUrl().catch((error: unknown) => {
      deadLetterUrl = null; // asked again next time
      throw error;
    });
    return deadLetterUrl;
  }

  async function readDeadLetterUrl(): Promise<string | null> {
    if (place.deadLetterUrl !== undefined) return place.deadLetterUrl;
    const { RedrivePolicy: policy } = await attributes(queueUrl, ["RedrivePolicy"]);
    if (policy === undefined) return null;
    // arn:partition:sqs:region:account:name
    const [, , , , account, name] = v.parse(Policy, JSON.parse(policy)).deadLetterTargetArn.split(":");
    const command = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account });
    return (await call((sendOptions) => client.send(command, sendOptions))).QueueUrl ?? null;
  }

  async function changeVisibility(receiptHandle: string, seconds: number): Promise<boolean> {
    if (receiptHandle === "") return false;
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: wholeSeconds(seconds, 43_200),
    });
    try {
      await call((sendOptions) => client.send(command, sendOptions));
      return true;
    } catch (error) {
      if (isStaleReceipt(error)) return false;
      throw error;
    }
  }

  async function send(body: string, delaySeconds = 0): Promise<void> {
    const group = fairBuckets > 0 ? fairGroup(body, fairBuckets) : null;
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      DelaySeconds: wholeSeconds(delaySeconds, 900),
      ...(group === null ? {} : { MessageGroupId: group }),
    });
    await call((sendOptions) => client.send(command, sendOptions));
  }

  return {
    async sendMessage(body, { delaySeconds } = {}) {
      if (new TextEncoder().encode(body).byteLength > limits.messageBytes || !isSendable(body)) {
        throw new RetainWiseError(
          "internal",
          `A message body has 1 to ${limits.messageBytes} bytes, and no character that XML has not.`,
        );
      }
      await send(body, delaySeconds);
    },

    async receiveMessages({ maxMessages, waitSeconds, signal }) {
      const aborted = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
      if (aborted.aborted) return [];
      const wait = wholeSeconds(waitSeconds, limits.receiveWaitSeconds);
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(Math.max(1, Math.trunc(maxMessages)), limits.receiveBatch),
        WaitTimeSeconds: wait,
        VisibilityTimeout: visibilityTimeoutSeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
      });
      try {
        const work = { waitSeconds: wait, signal: aborted };
        const messages = (await call((sendOptions) => client.send(command, sendOptions), work)).Messages ?? [];
        if (!aborted.aborted) return messages.map(toMessage);
        // Nobody will read the answer. What cannot be given back comes back after its visibility timeout.
        await Promise.allSettled(messages.map((message) => changeVisibility(message.ReceiptHandle ?? "", 0)));
        return [];
      } catch (error) {
        if (aborted.aborted) return [];
        throw error;
      }
    },

    changeMessageVisibility: changeVisibility,

    async deleteMessage(receiptHandle) {
      if (receiptHandle === "") return;
      const command = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle });
      try {
        await call((sendOptions) => client.send(command, sendOptions));
      } catch (error) {
        // SQS says nothing of a receipt that was one, and refuses one that never was; stand-ins refuse both.
        if (!isStaleReceipt(error)) throw error;
      }
    },

    async depth() {
      const deadUrl = await findDeadLetters();
      const [{ all: _, ...counts }, dead] = await Promise.all([
        count(queueUrl),
        deadUrl === null ? { all: 0 } : count(deadUrl),
      ]);
      return { ...counts, dead: dead.all, oldestSeconds: null };
    },

    async deadLetters(limit) {
      const url = await findDeadLetters();
      return url === null ? [] : createSqsDeadLetters(client, call, url).peek(limit);
    },

    async redrive(ids) {
      const url = await findDeadLetters();
      if (url === null) return 0;
      const dead = createSqsDeadLetters(client, call, url);
      if (ids !== undefined) return dead.sendBack(ids, send);
      // No move of nothing. The count alone may be a minute old.
      if ((await count(url)).all === 0 && (await dead.peek(1)).length === 0) return 0;
      const [{ QueueArn: from = "" }, { QueueArn: to = "" }] = await Promise.all([
        attributes(url, ["QueueArn"]),
        attributes(queueUrl, ["QueueArn"]),
      ]);
      const { signal } = stopping;
      const rate = redriveMessagesPerSecond === undefined ? {} : { messagesPerSecond: redriveMessagesPerSecond };
      return moveAllMessages(client, call, { from, to, signal, ...rate });
    },

    async stop() {
      stopping.abort();
    },
  };
}

const nothing = (): void => undefined;

/** The SDK else writes to the console at every call whose queue URL is not of the region's usual host: a VPC endpoint, a stand-in. */
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

const Policy = v.object({ deadLetterTargetArn: v.string() });

/** SQS knows whole seconds: rounded up, so that nothing comes too early. */
const wholeSeconds = (seconds: number, most: number): number => Math.min(Math.max(0, Math.ceil(seconds)), most);

/** SQS takes the characters of XML only, and at least one. */
function isSendable(body: string): boolean {
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if ((code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd) || code >= 0xfffe) return false;
  }
  return body !== "" && body.isWellFormed();
}

function toMessage(message: SqsMessage): Message {
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    approximateReceiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(message.Attributes?.SentTimestamp ?? 0)),
  };
}
