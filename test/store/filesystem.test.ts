import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import { createFilesystemObjects } from "../../src/store/filesystem.ts";
import type { Objects } from "../../src/store/objects.ts";
import { temporaryFolder } from "./servers.ts";

describe("file storage on a folder", () => {
  let folder: string;
  let objects: Objects;
  before(async () => {
    folder = join(await temporaryFolder(), "objects");
    objects = await createFilesystemObjects({ folder });
  });
  after(() => rm(join(folder, ".."), { recursive: true }));

  const drafts = () => readdir(join(folder, ".drafts"));
  const all = async (key: string, sha256?: string): Promise<Buffer> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of objects.get(key, sha256)) {
      assert.ok(piece.byteLength <= limits.readBytes);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  };

  it("gives back the bytes and their SHA-256, the empty file too", async () => {
    for (const size of [0, 1, limits.readBytes, limits.readBytes * 2 + 17]) {
      const bytes = randomBytes(size);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const key = `uploads/a-1/size-${size}`;
      assert.deepEqual(await objects.put(key, pieces(bytes, 1000_003)), { bytes: size, sha256 });
      assert.ok(bytes.equals(await all(key, sha256)));
      assert.ok(bytes.equals(await all(key)));
    }
    assert.deepEqual(await drafts(), []);
  });

  it("is readable by its owner only", async () => {
    await objects.put("private", pieces(randomBytes(10), 10));
    assert.equal((await stat(join(folder, "private"))).mode & 0o077, 0);
  });

  it("refuses a key that exists and leaves the object as it was", async () => {
    await objects.put("twice", pieces(Buffer.from("first"), 10));
    await assert.rejects(objects.put("twice", pieces(Buffer.from("second"), 10)), { code: "internal" });
    assert.equal((await all("twice")).toString(), "first");
    assert.deepEqual(await drafts(), []);
  });

  it("lets exactly one of many simultaneous puts of a key win", async () => {
    const puts = Array.from({ length: 8 }, (_, i) => objects.put("race", pieces(Buffer.from(String(i)), 1)));
    const results = await Promise.allSettled(puts);
    const winners = results.flatMap((each, i) => (each.status === "fulfilled" ? [i] : []));
    assert.equal(winners.length, 1);
    assert.equal((await all("race")).toString(), String(winners[0]));
  });

  it("shows nothing of a put that is under way, and leaves nothing of one that fails", async () => {
    const tooLarge = new RetainWiseError("too_large", "over the limit");
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield randomBytes(100_000);
      await assert.rejects(stat(join(folder, "half")));
      assert.equal((await drafts()).length, 1);
      throw tooLarge;
    };
    await assert.rejects(objects.put("half", failing()), (error) => error === tooLarge);
    await assert.rejects(stat(join(folder, "half")));
    assert.deepEqual(await drafts(), []);
  });

  it("fails at the end of a file that was changed, cut or swapped, and not before", async () => {
    const bytes = randomBytes(limits.readBytes + 5);
    const { sha256 } = await objects.put("changed", pieces(bytes, 50_000));
    bytes[limits.readBytes + 1]! ^= 1;
    await writeFile(join(folder, "changed"), bytes);
    let seen = 0;
    await assert.rejects(
      async () => {
        for await (const piece of objects.get("changed", sha256)) seen += piece.byteLength;
      },
      { code: "object_corrupt" },
    );
    assert.equal(seen, bytes.byteLength);
    await assert.rejects(all("missing"), { code: "object_corrupt" });
  });

  it("deletes an object, and a missing one too", async () => {
    await objects.put("gone/soon", pieces(Buffer.from("x"), 1));
    await objects.delete("gone/soon");
    await objects.delete("gone/soon");
    await objects.delete("never/was");
    await assert.rejects(all("gone/soon"), { code: "object_corrupt" });
  });

  it("refuses keys that could lead elsewhere", async () => {
    const outside = join(folder, "..", "outside");
    await writeFile(outside, "untouched");
    const keys = [
      "",
      ".",
      "..",
      "../outside",
      "a/../../outside",
      "/etc/passwd",
      "a//b",
      "a/",
      ".drafts/x",
      "A",
      "a b",
      "a\0b",
      "a\\b",
      "ä",
      "a".repeat(501),
    ];
    for (const key of keys) {
      await assert.rejects(objects.put(key, pieces(Buffer.from("x"), 1)), { code: "internal" }, key);
      await assert.rejects(objects.delete(key), { code: "internal" }, key);
      assert.throws(() => objects.get(key), { code: "internal" }, key);
    }
    assert.equal(await readFile(outside, "utf8"), "untouched");
  });

  it("sweeps drafts that nobody can be writing any more, and no others", async () => {
    const place = await temporaryFolder();
    await mkdir(join(place, ".drafts"));
    for (const name of ["old", "new"]) await writeFile(join(place, ".drafts", name), "x");
    const past = Date.now() / 1_000 - limits.uploadSeconds - 60;
    await utimes(join(place, ".drafts", "old"), past, past);
    await createFilesystemObjects({ folder: place });
    assert.deepEqual(await readdir(join(place, ".drafts")), ["new"]);
    await rm(place, { recursive: true });
  });

  it("checks that it can write, and says storage_unavailable when it cannot", async () => {
    await objects.check();
    const place = await temporaryFolder();
    const broken = await createFilesystemObjects({ folder: place });
    await rm(place, { recursive: true });
    await assert.rejects(broken.check(), { code: "storage_unavailable" });
    await writeFile(place, "a file where the folder should be");
    await assert.rejects(broken.put("key", pieces(Buffer.from("x"), 1)), { code: "storage_unavailable" });
    await rm(place);
  });
});

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size);
}
