/**
 * `bun run build:kernel`: compiles `src/shap/wasm/kernel.as` and writes the module's bytes into `src/shap/wasm/kernel-module.ts`. The same
 * source gives the same bytes; `test/shap/kernel-module.test.ts` holds the committed ones to it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileKernel } from "./compile-kernel.ts";

const place = (name: string) => fileURLToPath(new URL(`../src/shap/wasm/${name}`, import.meta.url));
const bytes = await compileKernel(readFileSync(place("kernel.as"), "utf8"));
writeFileSync(
  place("kernel-module.ts"),
  `/** Made from \`kernel.as\` by \`bun run build:kernel\`: the bytes of the WebAssembly module in base64, so that loading it is no I/O. */
export const kernelModule =
  "${bytes.toBase64()}";
`,
);
