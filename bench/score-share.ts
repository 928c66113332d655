/**
 * What share of the work on a file is explanation: score-share.ts FILE.csv BUNDLE KEYS. The whole way in this process, from bytes to the text
 * of the result file, with a clock around the model's two verbs. Prints one JSON line, in seconds.
 */
import { createReadStream, statSync } from "node:fs";
import process from "node:process";
import { scoreFile } from "../src/inference/score-file.ts";
import { anyBundle } from "../src/model/admission.ts";
import { readBundleFolder } from "../src/model/folder.ts";
import { loadModel } from "../src/model/load.ts";
import { readPinnedKeys } from "../src/model/pinned-keys.ts";
import { readOrtWasm } from "../src/runtime/ort-wasm.ts";

const [file, bundle, keys] = process.argv.slice(2) as [string, string, string];
const model = await loadModel(await readBundleFolder(bundle), {
  pinnedKeys: await readPinnedKeys(keys),
  admission: anyBundle,
  wasm: await readOrtWasm(),
});
const seconds = { explanation: 0, prediction: 0, other: 0, whole: 0 };
const timed: typeof model = {
  ...model,
  async predict(features, count) {
    const began = performance.now();
    const probabilities = await model.predict(features, count);
    seconds.prediction += (performance.now() - began) / 1_000;
    return probabilities;
  },
  explain(...given) {
    const began = performance.now();
    model.explain(...given);
    seconds.explanation += (performance.now() - began) / 1_000;
  },
};
const began = performance.now();
const options = { bytes: statSync(file).size, output: "csv", explain: true } as const;
for await (const event of scoreFile(timed, () => createReadStream(file, { highWaterMark: 1 << 20 }), options))
  if (event.type === "report" && event.blocked !== null) throw new Error(event.blocked.detail);
seconds.whole = (performance.now() - began) / 1_000;
seconds.other = seconds.whole - seconds.explanation - seconds.prediction;
await model.stop();
process.stdout.write(`${JSON.stringify(seconds)}\n`);
