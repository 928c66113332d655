/**
 * The file storage on S3. What it relies on: conditional writes (`If-None-Match: *`) and strong consistency. The role needs s3:PutObject,
 * GetObject, DeleteObject and AbortMultipartUpload on the bucket's objects, and s3:ListBucket: without it S3 calls a missing object forbidden.
 */
import { createHash, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { awsClientOptions } from "../aws/client-options.ts";
import { withBodyDeadline } from "../aws/s3-deadline.ts";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { keySegments } from "./object-key.ts";
import type { Objects } from "./objects.ts";

export interface S3Options {
  readonly bucket: string;
  /** Where and as whom; what is missing comes from the SDK's own environment. `forcePathStyle` for servers known by a name other than AWS's. */
  readonly client?: Pick<S3ClientConfig, "region" | "endpoint" | "credentials" | "forcePathStyle">;
  /** Longest time of one attempt at one request, milliseconds. There are `limits.awsAttempts` of them. */
  readonly transferMilliseconds?: number;
}

export interface S3Objects extends Objects {
  /** Closes the connections. Work under way fails. */
  stop(): void;
}

export function createS3Objects(options: S3Options): S3Objects {
  const { bucket, client: where = {}, transferMilliseconds = limits.s3TransferMilliseconds } = options;
  const { requestHandler, maxAttempts } = awsClientOptions({ requestMilliseconds: transferMilliseconds });
  const client = new S3Client({
    ...where,
    maxAttempts,
    requestHandler: withBodyDeadline(requestHandler, transferMilliseconds),
    // The server checks what it receives. What we receive has a SHA-256 of its own, over the whole object and not a range.
    requestChecksumCalculation: "WHEN_SUPPORTED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Would open a new connection for every part, and wait for seconds on a server that sends no `100 Continue`.
    expectContinueHeader: false,
  });
  const short = { requestTimeout: Math.min(transferMilliseconds, limits.awsRequestMilliseconds) };

  /** Whether the object is there and was written by the put of that id. */
  async function isOurs(key: string, putId: string): Promise<boolean> {
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), short);
      return found.Metadata?.[putIdName] === putId;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async function upload(key: string, body: Readable): Promise<void> {
    const putId = randomUUID();
    const params = { Bucket: bucket, Key: key, Body: body, IfNoneMatch: "*", Metadata: { [putIdName]: putId } };
    const parts = { partSize: limits.s3PartBytes, queueSize: limits.s3PartsInFlight, leavePartsOnError: false };
    try {
      await new Upload({ client, params: { ...params, ChecksumAlgorithm: "CRC32" }, ...parts }).done();
    } catch (error) {
      // The SDK repeats a request whose answer was lost, and then meets the object that the first attempt made.
      if (!refusals.includes(nameOf(error))) throw error;
      if (await isOurs(key, putId)) return;
      if (nameOf(error) === "NoSuchUpload") throw error;
      throw new RetainWiseError("internal", "There is an object of that key already.", { cause: error });
    }
  }

  /** One range of an object, whole: no connection is held while the reader works. Null at the end of the object. */
  async function readRange(key: string, from: number, etag: string | undefined): Promise<Range | null> {
    const range = `bytes=${from}-${from + limits.s3PartBytes - 1}`;
    const request = { Bucket: bucket, Key: key, Range: range, ...(etag === undefined ? {} : { IfMatch: etag }) };
    for (let attempt = 1; ; attempt++) {
      let body: Readable | null = null;
      try {
        const answer = await client.send(new GetObjectCommand(request));
        if (!(answer.Body instanceof Readable)) throw new Error("The answer to GetObject has no body.");
        body = answer.Body;
        const expected = answer.ContentLength ?? 0;
        const total = Number(answer.ContentRange?.split("/")[1] ?? expected);
        return { pieces: await collect(body, expected), end: from + expected >= total, etag: answer.ETag };
      } catch (error) {
        // An empty object has no first byte: S3 calls every range of it invalid.
        if (nameOf(error) === "InvalidRange") return null;
        // The SDK has repeated what failed before the body; a body that broke off is ours to repeat.
        if (body === null || attempt === limits.awsAttempts) throw error;
      } finally {
        if (body !== null && !body.readableEnded) body.destroy();
      }
    }
  }

  async function* read(key: string, sha256: string | undefined): AsyncGenerator<Uint8Array> {
    const hash = sha256 === undefined ? null : createHash("sha256");
    let etag: string | undefined;
    for (let from = 0, end = false; !end; ) {
      const range = await service(() => readRange(key, from, etag)).catch(corruptWhenMissing);
      if (range === null) break;
      for (const piece of range.pieces) {
        hash?.update(piece);
        from += piece.byteLength;
        yield piece;
      }
      ({ end, etag } = range);
    }
    if (hash !== null && hash.digest("hex") !== sha256) {
      throw new RetainWiseError("object_corrupt", "The stored file's SHA-256 is not that of the upload.");
    }
  }

  return {
    async put(key, bytes) {
      keySegments(key);
      const source = meter(bytes);
      try {
        await service(() => upload(key, Readable.from(source.pieces, { objectMode: true, highWaterMark: 1 })));
      } catch (error) {
        if (source.failure !== null) throw source.failure.error;
        throw error;
      }
      return source.stored();
    },
    get(key, sha256) {
      keySegments(key);
      return read(key, sha256);
    },
    async delete(key) {
      keySegments(key);
      await service(() => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), short));
    },
    /** Writes, reads and deletes an object of its own. Each check has a key of its own: other processes check too. */
    async check() {
      const probe = { Bucket: bucket, Key: `${probePrefix}${randomUUID()}` };
      await service(async () => {
        try {
          await client.send(new PutObjectCommand({ ...probe, Body: "ready" }), short);
          const { Body: body } = await client.send(new GetObjectCommand(probe), short);
          if ((await body?.transformToString()) !== "ready") throw new Error("The storage gave back other bytes.");
        } finally {
          await client.send(new DeleteObjectCommand(probe), short);
        }
      });
    },
    stop: () => client.destroy(),
  };
}

interface Range {
  readonly pieces: readonly Uint8Array[];
  readonly end: boolean;
  readonly etag: string | undefined;
}

/** Keys cannot begin with a dot, so none can collide with it. */
const probePrefix = ".check/";
/** In the metadata of every object: which put wrote it. */
const putIdName = "put-id";
/** What S3 answers when the object is there already, or when the upload was completed before. */
const refusals = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchUpload"];

/** Counts and hashes what passes, in pieces of one size: a source of tiny ones would fill the memory with their shells. */
function meter(bytes: AsyncIterable<Uint8Array>) {
  const hash = createHash("sha256");
  let size = 0;
  const source = {
    failure: null as { readonly error: unknown } | null,
    stored: () => ({ bytes: size, sha256: hash.digest("hex") }),
    pieces: gather(),
  };
  return source;

  async function* gather(): AsyncGenerator<Uint8Array> {
    const gathered = createGatherer();
    for await (const piece of watch(bytes, (error) => (source.failure = { error }))) {
      hash.update(piece);
      size += piece.byteLength;
      yield* gathered.add(piece);
    }
    yield* gathered.rest();
  }
}

/** Tells the source's own errors from those that a stream throws into its generator when its reader leaves. */
function watch(bytes: AsyncIterable<Uint8Array>, failed: (error: unknown) => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const source = bytes[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await source.next();
          } catch (error) {
            failed(error);
            throw error;
          }
        },
        return: async () => (await source.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

/** Copies bytes into fresh pieces of `limits.readBytes`: the reader may keep them or transfer them to another thread. */
function createGatherer() {
  let buffer = new Uint8Array(limits.readBytes);
  let filled = 0;
  return {
    *add(bytes: Uint8Array): Generator<Uint8Array> {
      for (let from = 0; from < bytes.byteLength; ) {
        const taken = bytes.subarray(from, from + buffer.byteLength - filled);
        buffer.set(taken, filled);
        filled += taken.byteLength;
        from += taken.byteLength;
        if (filled < buffer.byteLength) continue;
        yield buffer;
        buffer = new Uint8Array(limits.readBytes);
        filled = 0;
      }
    },
    *rest(): Generator<Uint8Array> {
      if (filled > 0) yield buffer.subarray(0, filled);
    },
  };
}

async function collect(body: Readable, expected: number): Promise<Uint8Array[]> {
  const gathered = createGatherer();
  const pieces: Uint8Array[] = [];
  let received = 0;
  for await (const bytes of body) {
    received += bytes.byteLength;
    pieces.push(...gathered.add(bytes));
  }
  pieces.push(...gathered.rest());
  if (received !== expected) throw new Error(`The answer ended after ${received} of ${expected} bytes.`);
  return pieces;
}

async function service<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RetainWiseError) throw error;
    throw new RetainWiseError("storage_unavailable", "The file storage cannot be read or written.", { cause: error });
  }
}

function corruptWhenMissing(error: unknown): never {
  const cause = error instanceof RetainWiseError ? error.cause : error;
  if (isMissing(cause)) throw new RetainWiseError("object_corrupt", "The stored file is missing.", { cause });
  if (nameOf(cause) === "PreconditionFailed") {
    throw new RetainWiseError("object_corrupt", "The stored file changed while it was read.", { cause });
  }
  throw error;
}

const isMissing = (error: unknown) => ["NoSuchKey", "NotFound"].includes(nameOf(error));

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
