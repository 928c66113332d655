/** What every file storage must do: a folder and S3 alike. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { it } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import type { Objects } from "../../src/store/objects.ts";
import { patient } from "./servers.ts";

export interface ObjectsUnderTest {
  readonly objects: Objects;
  /** What puts that did not end have left in the storage, or have there while they are under way. */
  leftovers(): Promise<readonly string[]>;
  /** Sizes of objects whose simultaneous puts are tried; without it, of one part and of two. */
  readonly racingBytes?: readonly number[];
  /** Puts other bytes in the place of an object's, behind the storage's back. */
  overwrite(key: string, bytes: Uint8Array): Promise<void>;
}

/** To be called within `describe`, on an empty storage that is there when the tests run. */
export function objectsContract(underTest: () => ObjectsUnderTest): void {
  const put = (key: string, bytes: AsyncIterable<Uint8Array>) => underTest().objects.put(key, bytes);
  const noLeftovers = async () => assert.deepEqual(await underTest().leftovers(), []);
  const all = async (key: string, sha256?: string): Promise<Buffer> => {
    const read: Uint8Array[] = [];
    for await (const piece of underTest().objects.get(key, sha256)) {
      assert.ok(piece.byteLength > 0 && piece.byteLength <= limits.readBytes);
      read.push(piece);
    }
    return Buffer.concat(read);
  };

  const sizes: readonly [bytes: number, piece: number][] = [
    [0, 1],
    [1, 1],
    [limits.readBytes, 1_000_003],
    [limits.readBytes * 2 + 17, 1_000],
    [limits.s3PartBytes, 1_000_003],
    [limits.s3PartBytes * 2, 65_536],
    [20_000_000, 10_007],
  ];
  for (const [size, piece] of sizes) {
    it(`gives back ${size} bytes put in pieces of ${piece}, with their SHA-256`, patient, async () => {
      const bytes = randomBytes(size);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const key = `uploads/a-1/size-${size}.csv`;
      assert.deepEqual(await put(key, pieces(bytes, piece)), { bytes: size, sha256 });
      assert.ok(bytes.equals(await all(key, sha256)));
      assert.ok(bytes.equals(await all(key)));
      await noLeftovers();
    });
  }

  it("keeps what it was given when the source uses its buffer again", patient, async () => {
    const reused = new Uint8Array(1_000);
    const source = async function* () {
      for (let i = 0; i < 1_000; i++) yield reused.fill(i % 251);
    };
    const { sha256 } = await put("reused", source());
    assert.equal((await all("reused", sha256)).byteLength, 1_000_000);
  });

  it("gives pieces that their reader may write to or hand to another thread", patient, async () => {
    const { sha256 } = await put("transferred", pieces(randomBytes(3_000_000), 100_000));
    let seen = 0;
    for await (const piece of underTest().objects.get("transferred", sha256)) {
      seen += piece.byteLength;
      assert.ok(piece.buffer instanceof ArrayBuffer);
      structuredClone(piece, { transfer: [piece.buffer] });
      assert.equal(piece.byteLength, 0);
    }
    assert.equal(seen, 3_000_000);
  });

  it("refuses a key that exists and leaves the object as it was", patient, async () => {
    await put("twice", pieces(Buffer.from("first"), 10));
    for (const size of [6, limits.s3PartBytes + 1]) {
      await assert.rejects(put("twice", pieces(randomBytes(size), 1_000_000)), { code: "internal" });
    }
    assert.equal((await all("twice")).toString(), "first");
    await noLeftovers();
  });

  it("lets exactly one of many simultaneous puts of a key win", patient, async () => {
    const { racingBytes = [1, limits.s3PartBytes + 1] } = underTest();
    for (const size of racingBytes) {
      const key = `race-${size}`;
      const puts = Array.from({ length: 5 }, (_, i) => put(key, pieces(new Uint8Array(size).fill(i), 1_000_000)));
      const results = await Promise.allSettled(puts);
      const winners = results.flatMap((each, i) => (each.status === "fulfilled" ? [i] : []));
      assert.equal(winners.length, 1);
      for (const each of results) if (each.status === "rejected") assert.equal(each.reason.code, "internal");
      assert.ok((await all(key)).equals(new Uint8Array(size).fill(winners[0]!)));
    }
    await noLeftovers();
  });

  it("refuses a put that began before another of its key and ends after it", patient, async () => {
    for (const size of [10, limits.s3PartBytes * 3]) {
      const key = `overtaken-${size}`;
      const overtaken = async function* (): AsyncGenerator<Uint8Array> {
        yield* pieces(new Uint8Array(size), 1_000_000);
        await put(key, pieces(Buffer.from("first"), 5));
      };
      await assert.rejects(put(key, overtaken()), { code: "internal" });
      assert.equal((await all(key)).toString(), "first");
    }
    await noLeftovers();
  });

  for (const size of [0, 100_000, limits.s3PartBytes * 3]) {
    it(
      `leaves nothing of a put whose source fails after ${size} bytes, and shows nothing on the way`,
      patient,
      async () => {
        const tooLarge = new RetainWiseError("too_large", "over the limit");
        const failing = async function* (): AsyncGenerator<Uint8Array> {
          yield* pieces(randomBytes(size), 300_000);
          await assert.rejects(all(`half-${size}`), { code: "object_corrupt" });
          if (size > 1_000_000) assert.equal((await underTest().leftovers()).length, 1);
          throw tooLarge;
        };
        await assert.rejects(put(`half-${size}`, failing()), (error) => error === tooLarge);
        await assert.rejects(all(`half-${size}`), { code: "object_corrupt" });
        await noLeftovers();
        await put(`half-${size}`, pieces(Buffer.from("now"), 1));
      },
    );
  }

  it("fails at the end of an object that was changed, cut or swapped, and not before", patient, async () => {
    const bytes = randomBytes(limits.readBytes + 5);
    const { sha256 } = await put("changed", pieces(bytes, 50_000));
    bytes[limits.readBytes + 1]! ^= 1;
    for (const other of [bytes, bytes.subarray(0, limits.readBytes), new Uint8Array(0)]) {
      await underTest().overwrite("changed", other);
      let seen = 0;
      const read = async (): Promise<void> => {
        for await (const piece of underTest().objects.get("changed", sha256)) seen += piece.byteLength;
      };
      await assert.rejects(read(), { code: "object_corrupt" });
      assert.equal(seen, other.byteLength);
    }
  });

  it("says object_corrupt of an object that is missing", patient, async () => {
    await assert.rejects(all("missing"), { code: "object_corrupt" });
    await assert.rejects(all("missing/too", "0".repeat(64)), { code: "object_corrupt" });
  });

  it("reads on after two hundred readers that left early", patient, async () => {
    const bytes = randomBytes(2_000_000);
    const { sha256 } = await put("abandoned", pieces(bytes, 1_000_000));
    for (let i = 0; i < 200; i++) {
      for await (const piece of underTest().objects.get("abandoned", sha256)) {
        assert.ok(piece.byteLength > 0);
        break;
      }
    }
    assert.ok(bytes.equals(await all("abandoned", sha256)));
  });

  it("deletes an object, and a missing one too", patient, async () => {
    await put("gone/soon", pieces(Buffer.from("x"), 1));
    await underTest().objects.delete("gone/soon");
    await underTest().objects.delete("gone/soon");
    await underTest().objects.delete("never/was");
    await assert.rejects(all("gone/soon"), { code: "object_corrupt" });
  });

  it("refuses keys that could lead elsewhere, before it takes a byte", patient, async () => {
    const untouched = async function* (): AsyncGenerator<Uint8Array> {
      yield assert.fail("the source was read");
    };
    for (const key of hostileKeys) {
      const { objects } = underTest();
      await assert.rejects(objects.put(key, untouched()), { code: "internal" }, key);
      await assert.rejects(objects.delete(key), { code: "internal" }, key);
      assert.throws(() => objects.get(key), { code: "internal" }, key);
    }
  });

  it("checks that it can write and read, and leaves nothing of the check", patient, async () => {
    await underTest().objects.check();
    await noLeftovers();
  });
}

const hostileKeys = [
  ...["", ".", "..", "../outside", "a/../../outside", "/etc/passwd", "a//b", "a/", ".drafts/x", ".check/x"],
  ...["A", "a b", "a\0b", "a\\b", "ä", "a?versionId=1", "a#b", "a%2e", "a".repeat(501)],
];

export async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size);
}
