/** The compatibility table of src/shap/README.md says of every model of the zoo what is so. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ensemblesFromOnnx } from "../../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../../src/shap/onnx.ts";
import { ModelRefusal } from "../../../src/shap/refusal.ts";
import { type ZooKind, zoo, zooBytes } from "./zoo.ts";

const page = readFileSync(new URL("../../../src/shap/README.md", import.meta.url), "utf8");
const section = page.slice(page.indexOf("## Compatibility"));
const rows = section
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line) => line.split("|").map((cell) => cell.trim()));

function found(name: string, kind: ZooKind): string {
  if (kind.refused_by_converter !== undefined) return "no converter";
  try {
    ensemblesFromOnnx(parseOnnxModel(zooBytes(name)));
  } catch (error) {
    if (error instanceof ModelRefusal) return `refused: ${error.reason}`;
    throw error;
  }
  assert.ok(kind.shap, `${name} is read, and there is nothing to check it against`);
  return kind.library_difference < 1e-5 ? "exact" : "exact, but not the model";
}

test("the table has one row for each model of the zoo", () => {
  assert.deepEqual(
    rows.map((row) => row[1]),
    Object.keys(zoo.kinds),
  );
});

for (const [, name, , result, checked] of rows)
  test(`the table is right about ${name}`, () => {
    const kind = zoo.kinds[name!]!;
    assert.equal(result, found(name!, kind));
    const { interventional, tree_path_dependent: pathDependent } = kind.reference ?? {};
    assert.equal(checked, kind.shap ? `${interventional}, ${pathDependent}` : "");
  });

test("the table names the versions that the models were made with", () => {
  for (const version of Object.values(zoo.versions)) assert.ok(section.includes(version), version);
});
