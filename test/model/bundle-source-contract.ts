/** What every source of bundles must do. `write` puts a file at `<name>/<version>/<file>`. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { limits } from "../../src/limits.ts";
import type { BundleSource } from "../../src/model/bundle-source.ts";
import { patient } from "../store/servers.ts";

export interface SourceUnderTest {
  readonly source: BundleSource;
  write(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
}

const text = (content: string) => new TextEncoder().encode(content);

export function bundleSourceContract(underTest: () => SourceUnderTest): void {
  it("lists by name and version, the newest last, and passes over what is no bundle", patient, async () => {
    const { source, write } = underTest();
    for (const place of ["b/1.0.0", "a/1.10.0", "a/1.9.0", "a/draft", "A/1.0.0", "a/1.0"])
      await write(`${place}/f`, text("x"));
    const places = (await source.list()).map(({ name, version }) => `${name}@${version}`);
    assert.deepEqual(places, ["a@1.9.0", "a@1.10.0", "b@1.0.0"]);
  });

  it("reads all files of a bundle, the empty one too", patient, async () => {
    const { source, write } = underTest();
    await write("files/1.0.0/one.txt", text("one"));
    await write("files/1.0.0/none.txt", new Uint8Array(0));
    const files = await source.read({ name: "files", version: "1.0.0" });
    assert.deepEqual([...files.keys()].sort(), ["none.txt", "one.txt"]);
    assert.equal(new TextDecoder().decode(files.get("one.txt")), "one");
  });

  it("gives another revision when a file is changed, added or removed, and else the same", patient, async () => {
    const { source, write, remove } = underTest();
    const revision = async () => (await source.list()).find(({ name }) => name === "changing")?.revision;
    await write("changing/1.0.0/f", text("x"));
    const seen = [await revision()];
    assert.equal(await revision(), seen[0]);
    await write("changing/1.0.0/f", text("y"));
    seen.push(await revision());
    await write("changing/1.0.0/g", text("z"));
    seen.push(await revision());
    await remove("changing/1.0.0/f");
    seen.push(await revision());
    assert.equal(new Set(seen).size, 4);
  });

  it(
    "refuses a bundle beyond the budget of bytes or files, one with a folder in it, and one that is not there",
    patient,
    async () => {
      const { source, write } = underTest();
      const refused = (name: string, reason: string) =>
        assert.rejects(source.read({ name, version: "1.0.0" }), { code: "model_unavailable", reason });
      const half = new Uint8Array(limits.bundleBytes / 2 + 1);
      await write("large/1.0.0/a", half);
      await write("large/1.0.0/b", half);
      await refused("large", "bundle_too_large");
      for (let i = 0; i <= limits.bundleFiles; i++) await write(`many/1.0.0/${i}`, text("x"));
      await refused("many", "bundle_too_large");
      await write("deep/1.0.0/inner/file", text("x"));
      await refused("deep", "bundle_irregular");
      await refused("absent", "bundle_incomplete");
    },
  );
}
