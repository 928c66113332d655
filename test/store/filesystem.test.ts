import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { limits } from "../../src/limits.ts";
import { createFilesystemObjects } from "../../src/store/filesystem.ts";
import type { Objects } from "../../src/store/objects.ts";
import { objectsContract, pieces } from "./objects-contract.ts";
import { temporaryFolder } from "./servers.ts";

describe("file storage on a folder", () => {
  let folder: string;
  let objects: Objects;
  before(async () => {
    folder = join(await temporaryFolder(), "objects");
    objects = await createFilesystemObjects({ folder });
  });
  after(() => rm(join(folder, ".."), { recursive: true }));

  objectsContract(() => ({
    objects,
    leftovers: () => readdir(join(folder, ".drafts")),
    overwrite: (key, bytes) => writeFile(join(folder, key), bytes),
  }));

  it("is readable by its owner only", async () => {
    await objects.put("private", pieces(randomBytes(10), 10));
    assert.equal((await stat(join(folder, "private"))).mode & 0o077, 0);
  });

  it("touches nothing outside its folder, whatever the key", async () => {
    const outside = join(folder, "..", "outside");
    await writeFile(outside, "untouched");
    for (const key of ["../outside", "a/../../outside"]) {
      await assert.rejects(objects.put(key, pieces(Buffer.from("x"), 1)), { code: "internal" });
      await assert.rejects(objects.delete(key), { code: "internal" });
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

  it("says storage_unavailable when it cannot write", async () => {
    const place = await temporaryFolder();
    const broken = await createFilesystemObjects({ folder: place });
    await rm(place, { recursive: true });
    await assert.rejects(broken.check(), { code: "storage_unavailable" });
    await writeFile(place, "a file where the folder should be");
    await assert.rejects(broken.put("key", pieces(Buffer.from("x"), 1)), { code: "storage_unavailable" });
    await rm(place);
  });
});
