/**
 * One queue of SQS on loopback, with SQS's own rules where ElasticMQ has others (a stale delete is no error; a message not in flight is
 * `InvalidParameterValue`), and with what can go wrong between us and it.
 */
import { createHash, randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface SqsFaults {
  /** Messages are delivered once more although they are in flight. */
  duplicate: boolean;
  /** Newest first. */
  reorder: boolean;
  delayMilliseconds: number;
  /** The next receives take messages and their answers are lost: this many. */
  swallow: number;
  /** The next answers are this status: this many. */
  failures: number;
  status: 500 | 503;
  /** Never answers at all, or stops within the answer's body. */
  freeze: "no" | "answer" | "body";
}

export interface SqsFake {
  readonly queueUrl: string;
  readonly faults: SqsFaults;
  /** The actions asked for, in order, those that failed included. */
  readonly requests: string[];
  stop(): Promise<void>;
}

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  received: number;
  receipt: string | null;
}

type Fields = Record<string, unknown>;

export async function startSqsFake(): Promise<SqsFake> {
  const faults: SqsFaults = {
    duplicate: false,
    reorder: false,
    delayMilliseconds: 0,
    swallow: 0,
    failures: 0,
    status: 503,
    freeze: "no",
  };
  const requests: string[] = [];
  const stored = new Map<string, Stored>();
  const known = new Set<string>();
  let stopped = false;

  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const action = String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
    requests.push(action);
    await sleep(faults.delayMilliseconds);
    if (faults.freeze === "answer") return;
    if (faults.failures > 0) {
      faults.failures--;
      return answer(response, faults.status, {});
    }
    const input: Fields = JSON.parse(Buffer.concat(pieces).toString());
    if (action === "SendMessage") return answer(response, 200, send(input));
    if (action === "ReceiveMessage") return answer(response, 200, await receive(input));
    if (!known.has(String(input.ReceiptHandle))) return refuse(response, "ReceiptHandleIsInvalid");
    const message = [...stored.values()].find(({ receipt }) => receipt === input.ReceiptHandle);
    if (action === "DeleteMessage") {
      if (message !== undefined) stored.delete(message.id);
      return answer(response, 200, {});
    }
    if (message === undefined || message.visibleAt <= Date.now()) return refuse(response, "InvalidParameterValue");
    message.visibleAt = Date.now() + Number(input.VisibilityTimeout) * 1_000;
    answer(response, 200, {});
  });

  function send(input: Fields): Fields {
    const message: Stored = {
      id: randomUUID(),
      body: String(input.MessageBody),
      sentAt: Date.now(),
      visibleAt: Date.now() + Number(input.DelaySeconds ?? 0) * 1_000,
      received: 0,
      receipt: null,
    };
    stored.set(message.id, message);
    return { MessageId: message.id, MD5OfMessageBody: md5(message.body) };
  }

  async function receive(input: Fields): Promise<Fields> {
    const until = Date.now() + Number(input.WaitTimeSeconds ?? 0) * 1_000;
    const visible = (): Stored[] =>
      [...stored.values()].filter(({ visibleAt }) => faults.duplicate || visibleAt <= Date.now());
    while (!stopped && visible().length === 0 && Date.now() < until) await sleep(20);
    const found = faults.reorder ? visible().reverse() : visible();
    const taken = found.slice(0, Number(input.MaxNumberOfMessages ?? 1)).map((message) => {
      message.visibleAt = Date.now() + Number(input.VisibilityTimeout) * 1_000;
      message.received++;
      message.receipt = randomUUID();
      known.add(message.receipt);
      return {
        MessageId: message.id,
        ReceiptHandle: message.receipt,
        Body: message.body,
        MD5OfBody: md5(message.body),
        Attributes: { ApproximateReceiveCount: String(message.received), SentTimestamp: String(message.sentAt) },
      };
    });
    if (faults.swallow > 0 && taken.length > 0) {
      faults.swallow--;
      return {};
    }
    // SQS leaves the list out when it is empty.
    return taken.length === 0 ? {} : { Messages: taken };
  }

  function answer(
    response: ServerResponse,
    status: number,
    fields: Fields,
    headers: Record<string, string> = {},
  ): void {
    const text = JSON.stringify(fields);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0", ...headers });
    if (faults.freeze === "body") response.write(text.slice(0, 1));
    else response.end(text);
  }

  function refuse(response: ServerResponse, code: string): void {
    const fields = { __type: `com.amazonaws.sqs#${code}`, message: "The receipt handle is not one." };
    answer(response, 400, fields, { "x-amzn-query-error": `${code};Sender` });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    queueUrl: `http://127.0.0.1:${port}/000000000000/jobs`,
    faults,
    requests,
    async stop() {
      stopped = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
