import type { Feature, Schema } from "../../src/features/schema.ts";
import { rawScores } from "../../src/shap/score.ts";
import { bruteForce } from "../shap/brute-force.ts";
import { writeOnnx } from "../shap/onnx-writer.ts";
import { type Tree, treeAttributes, treesToEnsemble } from "../shap/tree-text.ts";
import { telecomFiles } from "./telecom-model.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Rows of the shipped background that the small ones keep. */
const backgroundRows = 12;
const goldenRows = 3;

/** The shipped schema, to take features from. */
export async function shippedSchema(): Promise<Schema> {
  return JSON.parse(text((await telecomFiles()).get("schema.json")!)) as Schema;
}

/**
 * A bundle of the shipped form around a few trees and features, not signed yet. What `golden.csv` promises of it comes from the definition of
 * SHAP, over all subsets.
 */
export async function smallBundle(
  version: string,
  features: readonly Feature[],
  trees: readonly Tree[],
): Promise<Map<string, Uint8Array>> {
  const files = await telecomFiles();
  const schema = { ...(await shippedSchema()), version, features, input: "X", output: "scores" };
  const cells = selectCells(text(files.get("background.csv")!), features);
  const background = encode(cells, features);
  const ensemble = treesToEnsemble(trees, features.length);
  const score = (rows: Float32Array, count: number) => rawScores(ensemble, rows, count);
  const names = features.map(({ name }) => name);
  const golden = [[...names, "probability", "raw_score", "base_value", ...names.map((name) => `shap_${name}`)].join()];
  for (let row = 0; row < goldenRows; row++) {
    const x = background.slice(row * features.length, (row + 1) * features.length);
    const raw = score(x, 1)[0]!;
    const { expectedValue, shapValues } = await bruteForce(score, background, x);
    golden.push([...cells[row]!, 1 / (1 + Math.exp(-raw)), raw, expectedValue, ...shapValues].join());
  }
  files.set("model.onnx", writeOnnx({ attributes: treeAttributes(trees, "LOGISTIC"), width: features.length }));
  files.set("schema.json", bytes(JSON.stringify(schema)));
  files.set("background.csv", bytes(`${[names, ...cells].map((row) => row.join()).join("\n")}\n`));
  files.set("golden.csv", bytes(`${golden.join("\n")}\n`));
  files.delete("model.sig");
  return files;
}

/** The bundle's tables have no quoted cells. */
function selectCells(table: string, features: readonly Feature[]): string[][] {
  const [header, ...lines] = table.trim().split(/\r?\n/);
  const columns = features.map(({ name }) => header!.split(",").indexOf(name));
  return lines.slice(0, backgroundRows).map((line) => columns.map((column) => line.split(",")[column]!));
}

function encode(rows: readonly (readonly string[])[], features: readonly Feature[]): Float32Array {
  const encoded = rows.flatMap((row) =>
    features.map((feature, i) => {
      if (row[i] === "") return Number.NaN;
      if (feature.kind === "numeric") return Number(row[i]);
      return feature.categories.find((category) => category.value === row[i])!.code;
    }),
  );
  return Float32Array.from(encoded);
}
