/** The dead-letter queue of SQS: a look at it, and the way back of letters chosen by id. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from "@aws-sdk/client-sqs";
import { limits } from "../limits.ts";
import type { DeadLetter } from "../queue/queue.ts";
import type { SqsCall } from "./sqs-call.ts";

export interface SqsDeadLetters {
  /**
   * Up to `limit` dead letters, oldest of these first: SQS gives them in no order. SQS has no way to look without receiving: a look raises
   * `approximateReceiveCount`, and hides the letters from others for as long as it takes, `peekSeconds` if it dies.
   */
  peek(limit: number): Promise<DeadLetter[]>;
  /**
   * Sends those with the ids given by `send` and deletes them, in this order: an interruption sends one twice and loses none. The ids are
   * those of `peek`; the messages sent have new ones. Answers how many.
   */
  sendBack(ids: readonly string[], send: (body: string) => Promise<void>): Promise<number>;
}

export function createSqsDeadLetters(client: SQSClient, call: SqsCall, queueUrl: string): SqsDeadLetters {
  async function receive(most: number): Promise<SqsMessage[]> {
    // A short poll asks some of SQS's servers and may find nothing where there is something; a long one asks all.
    const waitSeconds = 1;
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(most, limits.receiveBatch),
      VisibilityTimeout: limits.peekSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
    });
    return (await call((options) => client.send(command, options), { waitSeconds })).Messages ?? [];
  }

  async function giveBack(letters: readonly SqsMessage[]): Promise<void> {
    for (let from = 0; from < letters.length; from += limits.receiveBatch) {
      const entries = letters
        .slice(from, from + limits.receiveBatch)
        .map((letter, i) => ({ Id: String(i), ReceiptHandle: letter.ReceiptHandle, VisibilityTimeout: 0 }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries });
      // What this cannot give back comes back by itself.
      await call((options) => client.send(command, options)).catch(() => undefined);
    }
  }

  /** Receives until `enough` says so or nothing new comes; what `take` does not take is given back. */
  async function walk(enough: () => number, take: (letter: SqsMessage) => Promise<boolean>): Promise<void> {
    const seen = new Set<string>();
    const held = new Map<string, SqsMessage>();
    try {
      for (let most = enough(); most > 0; most = enough()) {
        const letters = await receive(most);
        let fresh = 0;
        for (const letter of letters) {
          const id = letter.MessageId ?? "";
          held.set(id, letter); // the newest receipt is the one that counts
          if (seen.has(id)) continue;
          seen.add(id);
          fresh++;
          if (await take(letter)) held.delete(id);
        }
        // A walk of more than `peekSeconds` meets its first letters again: it has seen all.
        if (fresh === 0) return;
      }
    } finally {
      await giveBack([...held.values()]);
    }
  }

  return {
    async peek(limit) {
      const found: DeadLetter[] = [];
      await walk(
        () => limit - found.length,
        async (letter) => {
          found.push(toDeadLetter(letter));
          return false;
        },
      );
      return found.sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
    },

    async sendBack(ids, send) {
      const wanted = new Set(ids);
      let sent = 0;
      await walk(
        () => (wanted.size > 0 ? limits.receiveBatch : 0),
        async (letter) => {
          if (!wanted.has(letter.MessageId ?? "")) return false;
          await send(letter.Body ?? "");
          const command = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: letter.ReceiptHandle });
          await call((options) => client.send(command, options));
          wanted.delete(letter.MessageId ?? "");
          sent++;
          return true;
        },
      );
      return sent;
    },
  };
}

function toDeadLetter(letter: SqsMessage): DeadLetter {
  return {
    messageId: letter.MessageId ?? "",
    body: letter.Body ?? "",
    approximateReceiveCount: Number(letter.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(letter.Attributes?.SentTimestamp ?? 0)),
    deadAt: null,
  };
}
