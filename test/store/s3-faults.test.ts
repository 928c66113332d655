/** The file storage against servers that freeze, stall, break off and lose their answers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import { createS3Objects, type S3Objects } from "../../src/store/s3.ts";
import { begin, type FakeCall, type FakeS3, refuse, startFakeS3 } from "./fake-s3.ts";
import { pieces } from "./objects-contract.ts";
import { freePort, patient } from "./servers.ts";

const transferMilliseconds = 300;
/** Attempts, the pauses between them, and a busy machine. */
const inTime = transferMilliseconds * limits.awsAttempts + 4_000;
const unavailable = { code: "storage_unavailable" };
const large = () => pieces(new Uint8Array(limits.s3PartBytes * 3), 1_000_000);
const small = () => pieces(Buffer.from("small"), 5);

async function against(
  answer: (call: FakeCall) => void,
  work: (objects: S3Objects, server: FakeS3) => Promise<void>,
): Promise<void> {
  const server = await startFakeS3(answer);
  const objects = createS3Objects({ bucket: "bucket", client: server.client, transferMilliseconds });
  try {
    await work(objects, server);
  } finally {
    objects.stop();
    await server.stop();
  }
}

/** What it fails with, and within the time allowed. */
async function failure(work: Promise<unknown>, milliseconds = inTime): Promise<RetainWiseError> {
  const started = performance.now();
  const error = await work.then(
    () => assert.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RetainWiseError, String(error));
  assert.ok(error.cause !== undefined);
  const took = performance.now() - started;
  assert.ok(took < milliseconds, `${took} ms`);
  return error;
}

async function read(objects: S3Objects, key = "key"): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of objects.get(key)) read.push(piece);
  return Buffer.concat(read);
}

describe("file storage on an S3 that fails", () => {
  it("gives up on a server that takes calls and never answers", patient, async () => {
    await against(
      () => undefined,
      async (objects, { calls }) => {
        const work = [objects.put("key", small()), read(objects), objects.delete("key")];
        for (const error of await Promise.all(work.map((each) => failure(each)))) {
          assert.equal(error.code, "storage_unavailable");
        }
        assert.deepEqual(
          calls.sort(),
          ["DELETE", "GET", "PUT"].flatMap((each) => Array(limits.awsAttempts).fill(each)),
        );
        // Its deletion fails too.
        await assert.rejects(objects.check(), unavailable);
        await assert.rejects(objects.put("key", large()), unavailable);
      },
    );
  });

  it("gives up on a server that is not there", patient, async () => {
    const client = { endpoint: `http://127.0.0.1:${await freePort()}`, region: "eu-central-1" };
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const objects = createS3Objects({ bucket: "bucket", client: { ...client, credentials } });
    const work = [objects.put("key", small()), read(objects), objects.delete("key"), objects.check()];
    for (const error of await Promise.all(work.map((each) => failure(each, 10_000)))) {
      assert.equal(error.code, "storage_unavailable");
    }
    objects.stop();
  });

  for (const [how, stop] of [
    ["stalls", () => undefined],
    ["breaks off", (call: FakeCall) => call.request.socket.destroy()],
  ] as const) {
    const partly = (call: FakeCall) => {
      call.response.writeHead(206, { "content-length": "1000", "content-range": "bytes 0-999/1000", etag: '"1"' });
      call.response.write(new Uint8Array(10));
      setTimeout(() => stop(call), 50);
    };

    it(`gives up on a download whose body ${how}, each time`, patient, async () => {
      await against(partly, async (objects, { calls }) => {
        assert.equal((await failure(read(objects))).code, "storage_unavailable");
        assert.equal(calls.length, limits.awsAttempts);
      });
    });

    it(`repeats a download whose body ${how} once`, patient, async () => {
      let times = 0;
      const answer = (call: FakeCall) => {
        if (++times === 1) return partly(call);
        call.response.writeHead(206, { "content-length": "1000", "content-range": "bytes 0-999/1000", etag: '"1"' });
        call.response.end(new Uint8Array(1_000).fill(7));
      };
      await against(answer, async (objects) => {
        assert.ok((await read(objects)).equals(new Uint8Array(1_000).fill(7)));
      });
    });

    it(`gives up on an upload whose last answer ${how} in its middle, and takes back the parts`, patient, async () => {
      const answer = (call: FakeCall) => {
        const { response } = call;
        if (call.call === "POST ?uploads") begin(response);
        else if (call.call === "DELETE ?uploadId") response.writeHead(204).end();
        else if (call.call.startsWith("PUT")) response.writeHead(200, { etag: '"part"' }).end();
        else {
          response.writeHead(200, { "content-type": "application/xml" });
          response.write("<?xml");
          setTimeout(() => stop(call), 50);
        }
      };
      await against(answer, async (objects, { calls }) => {
        assert.equal((await failure(objects.put("key", large()))).code, "storage_unavailable");
        assert.ok(calls.includes("DELETE ?uploadId"));
      });
    });
  }

  it("holds four parts of an upload at most, and takes back those of one that fails", patient, async () => {
    let given = 0;
    let left = false;
    const endless = async function* () {
      try {
        for (; given < 1_000 * limits.s3PartBytes; given += 65_536) yield new Uint8Array(65_536);
      } finally {
        left = true;
      }
    };
    const answer = ({ call, response }: FakeCall) => {
      if (call === "POST ?uploads") begin(response);
      if (call === "DELETE ?uploadId") response.writeHead(204).end();
    };
    await against(answer, async (objects, { calls }) => {
      assert.equal((await failure(objects.put("key", endless()))).code, "storage_unavailable");
      assert.ok(left, "the source was not told");
      assert.ok(given > limits.s3PartBytes, `${given}`);
      assert.ok(given <= (limits.s3PartsInFlight + 2) * limits.s3PartBytes, `${given}`);
      assert.ok(calls.includes("DELETE ?uploadId"));
    });
  });

  it("passes on the source's own error when the parts cannot be taken back either", patient, async () => {
    const own = new RetainWiseError("body_incomplete", "cut off");
    const failing = async function* () {
      yield* large();
      throw own;
    };
    const answer = ({ call, response }: FakeCall) => {
      if (call === "POST ?uploads") begin(response);
      else if (call.startsWith("PUT")) response.writeHead(200, { etag: '"part"' }).end();
      else refuse(response, 500, "InternalError");
    };
    await against(answer, async (objects) => {
      await assert.rejects(objects.put("key", failing()), (error) => error === own);
    });
  });

  for (const ours of [true, false]) {
    it(
      `${ours ? "knows" : "does not claim"} the object of ${ours ? "its own" : "another"} put when an answer was lost`,
      patient,
      async () => {
        let putId: string | null = null;
        const answer = ({ request, response, call }: FakeCall) => {
          if (call === "HEAD") {
            response
              .writeHead(200, { "x-amz-meta-put-id": ours ? String(putId) : "another", "content-length": "5" })
              .end();
          } else if (putId === null) {
            putId = String(request.headers["x-amz-meta-put-id"]);
            request.socket.destroy();
          } else refuse(response, 412, "PreconditionFailed");
        };
        await against(answer, async (objects, { calls }) => {
          if (ours) assert.equal((await objects.put("key", small())).bytes, 5);
          else assert.equal((await failure(objects.put("key", small()))).code, "internal");
          assert.deepEqual(calls, ["PUT", "PUT", "HEAD"]);
        });
      },
    );
  }

  it("knows the object of its own put when the answer to the completion of its parts was lost", patient, async () => {
    let putId = "";
    let completions = 0;
    const answer = ({ request, response, call }: FakeCall) => {
      if (call === "HEAD") response.writeHead(200, { "x-amz-meta-put-id": putId, "content-length": "5" }).end();
      else if (call.startsWith("PUT")) response.writeHead(200, { etag: '"part"' }).end();
      else if (call === "POST ?uploads") {
        putId = String(request.headers["x-amz-meta-put-id"]);
        begin(response);
      } else if (call === "POST ?uploadId" && ++completions === 1) request.socket.destroy();
      else refuse(response, 404, "NoSuchUpload");
    };
    await against(answer, async (objects) => {
      assert.equal((await objects.put("key", large())).bytes, limits.s3PartBytes * 3);
      assert.equal(completions, 2);
    });
  });

  it("tells a missing object from a forbidden one", patient, async () => {
    for (const [status, name, code] of [
      [404, "NoSuchKey", "object_corrupt"],
      [403, "AccessDenied", "storage_unavailable"],
      [404, "NoSuchBucket", "storage_unavailable"],
      [503, "SlowDown", "storage_unavailable"],
    ] as const) {
      await against(
        ({ response }) => refuse(response, status, name),
        async (objects) => assert.equal((await failure(read(objects))).code, code),
      );
    }
  });
});
