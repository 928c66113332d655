import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../parts.ts";

/** One mistake in a copy of the sources: what stands in the file, and what stands there instead. */
export interface PlantedMistake {
  readonly name: string;
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  /** What the fuzz must say of it. */
  readonly fault: RegExp;
}

/** The source tree with that mistake, in a folder of its own; `remove` it afterwards. */
export function plant({ name, file, right, wrong }: PlantedMistake): { tree: string; remove: () => void } {
  const tree = mkdtempSync(join(tmpdir(), "retainwise-fuzz-"));
  cpSync(join(repository, "src"), join(tree, "src"), { recursive: true });
  for (const each of ["package.json", "tsconfig.json"]) cpSync(join(repository, each), join(tree, each));
  symlinkSync(join(repository, "node_modules"), join(tree, "node_modules"));
  const path = join(tree, file);
  const source = readFileSync(path, "utf8");
  if (source.split(right).length !== 2) throw new Error(`"${name}" has no place in ${file} any more`);
  writeFileSync(
    path,
    source.replace(right, () => wrong),
  );
  return { tree, remove: () => rmSync(tree, { recursive: true, force: true }) };
}
