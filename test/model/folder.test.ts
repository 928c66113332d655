import assert from "node:assert/strict";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { createFolderBundles, readBundleFolder } from "../../src/model/folder.ts";
import { temporaryFolder } from "../store/servers.ts";
import { bundleSourceContract } from "./bundle-source-contract.ts";

const folder = await temporaryFolder();
after(() => rm(folder, { recursive: true }));

describe("bundles in a folder", () => {
  bundleSourceContract(() => ({
    source: createFolderBundles(folder),
    async write(path, bytes) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    },
    remove: (path) => rm(join(folder, path)),
  }));

  it("follows no link, neither as a file nor as a version", async () => {
    const bundle = join(folder, "linked/1.0.0");
    await mkdir(bundle, { recursive: true });
    await symlink("/etc/passwd", join(bundle, "card.md"));
    await assert.rejects(readBundleFolder(bundle), { reason: "bundle_irregular" });
    await symlink(bundle, join(folder, "linked/2.0.0"));
    const versions = (await createFolderBundles(folder).list()).filter(({ name }) => name === "linked");
    assert.deepEqual(
      versions.map(({ version }) => version),
      ["1.0.0"],
    );
  });
});
