import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { compileKernel } from "../../build/compile-kernel.ts";
import { createExplainer, type ExplainerOptions } from "../../src/shap/explainer.ts";
import { compileSimdKernel, simdKernelModule } from "../../src/shap/simd-kernel.ts";
import { kernelModule } from "../../src/shap/wasm/kernel-module.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const source = readFileSync(new URL("../../src/shap/wasm/kernel.as", import.meta.url), "utf8");
const compile = async (text: string) => new WebAssembly.Module(Uint8Array.from(await compileKernel(text)));

const ways: readonly (readonly [string, ExplainerOptions])[] = [
  ["whole tables", {}],
  ["small groups", { maxPatterns: 4, blockRows: 3 }],
  ["some trees walked", { maxTableBytes: 4096 }],
];

/** SHAP values, scores and expected value: as bytes, so that one bit is seen. */
function explain(c: Case, options: ExplainerOptions, inputType: "float32" | "float64" = "float32"): Buffer {
  const ensemble = { ...treesToEnsemble(c.trees, c.featureCount, 0.25), inputType };
  const explainer = createExplainer(ensemble, interventional(c.background), {
    kernel: simdKernelModule()!,
    ...options,
  });
  const out = new Float64Array(c.count * (c.featureCount + 1) + 1);
  explainer.explain(c.rows, c.count, out, out.subarray(c.count * c.featureCount));
  out[out.length - 1] = explainer.expectedValue;
  return Buffer.from(out.buffer);
}

function interventional(background: Float32Array) {
  return { kind: "interventional", background } as const;
}

function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const oddities = Float32Array.of(1e-45, -1e-45, 1.1754942e-38, 3e38, -0, 0, Infinity, -Infinity);

/** More rows than a block, more features than one loop of the kernel takes, tests at subnormal and infinite thresholds. */
function drawCase(seed: number, featureCount: number, depth: number, count: number): Case {
  const random = createRandom(seed);
  const value = () => (random() < 0.2 ? oddities[Math.floor(random() * oddities.length)]! : Math.fround(random()));
  const draw = (left: number): Tree =>
    left === 0
      ? (random() - 0.5) / 3
      : {
          feature: Math.floor(random() * featureCount),
          mode: random() < 0.6 ? 0 : Math.floor(random() * 6),
          threshold: value(),
          missingTrue: random() < 0.5,
          yes: draw(left - 1),
          no: draw(left - 1),
        };
  const cells = (rows: number) =>
    Float32Array.from({ length: rows * featureCount }, () => (random() < 0.05 ? Number.NaN : value()));
  const trees = Array.from({ length: 8 }, () => draw(depth));
  return { featureCount, trees, background: cells(20), rows: cells(count), count };
}

const large: readonly (readonly [string, Case])[] = [
  ["one feature", drawCase(1, 1, 3, 300)],
  ["12 features", drawCase(2, 12, 5, 5000)],
  ["40 features in bundles of many lanes", drawCase(3, 40, 6, 700)],
];

test("the runtimes we test on have WebAssembly SIMD, and take it unasked where the trees are more than a few", () => {
  const [, c] = large[2]!;
  const kernelOf = (trees: Case["trees"], options?: ExplainerOptions) =>
    createExplainer(treesToEnsemble(trees, c.featureCount), interventional(c.background), options).kernel;
  assert.equal(kernelOf([...c.trees, ...c.trees]), "webassembly");
  assert.equal(kernelOf([...c.trees, ...c.trees], { kernel: "plain" }), "plain");
  assert.equal(kernelOf(c.trees.slice(0, 1)), "plain");
  assert.equal(kernelOf(c.trees.slice(0, 1), { kernel: simdKernelModule()! }), "webassembly");
});

test("without WebAssembly, without SIMD or where compiling is forbidden there is no module, and plain TypeScript does it", () => {
  class Forbidden extends WebAssembly.Module {
    constructor() {
      super(Uint8Array.of()); // throws a CompileError, as the edge does for whatever bytes
    }
  }
  assert.equal(compileSimdKernel(undefined), null);
  assert.equal(compileSimdKernel({ validate: () => false, Module: WebAssembly.Module }), null);
  assert.equal(compileSimdKernel({ validate: WebAssembly.validate, Module: Forbidden }), null);
  assert.ok(compileSimdKernel(WebAssembly) instanceof WebAssembly.Module);
});

for (const [name, options] of ways) {
  test(`both kernels give the same bits on random ensembles (${name})`, () => {
    fc.assert(
      fc.property(arbitraryCase(7, 5), (c) => {
        assert.ok(explain(c, options).equals(explain(c, { ...options, kernel: "plain" })));
      }),
      { numRuns: 60, seed: 6 },
    );
  });
  for (const [size, c] of large)
    test(`both kernels give the same bits over many rows of ${size} (${name})`, () => {
      assert.ok(
        c.rows.some((x) => x !== 0),
        "there is something to explain",
      );
      assert.ok(explain(c, options).equals(explain(c, { ...options, kernel: "plain" })));
    });
}

test("both kernels give the same bits where thresholds are doubles between two float32 values", () => {
  const [, c] = large[1]!;
  const nudge = (tree: Tree): Tree =>
    typeof tree === "number"
      ? tree
      : { ...tree, threshold: tree.threshold * (1 + 1e-12), yes: nudge(tree.yes), no: nudge(tree.no) };
  const between = { ...c, trees: c.trees.map(nudge) };
  assert.ok(explain(between, {}, "float64").equals(explain(between, { kernel: "plain" }, "float64")));
  assert.ok(!explain(between, {}, "float64").equals(explain(c, {}, "float64")), "the nudge is seen");
});

test("a kernel with another boundary, another place or another lane gives other bits", async () => {
  const [, c] = large[1]!;
  const plain = explain(c, { kernel: "plain" });
  assert.ok(explain(c, { kernel: await compile(source) }).equals(plain), "the compiled source is the kernel");
  for (const [right, wrong] of [
    ["i16x8.gt_s(b0, below)", "i16x8.ge_s(b0, below)"],
    ["load<f32>(at) < x", "load<f32>(at) <= x"],
    ["x == x ? bin", "x != x ? bin"],
    ["a1 = f64x2.add(a1, v128.load(a, 16))", "a1 = v128.load(a, 16)"],
    ["v128.shuffle<f64>(a, b, 1, 3)", "v128.shuffle<f64>(a, b, 0, 3)"],
  ] as const) {
    assert.ok(source.includes(right), right);
    assert.ok(!explain(c, { kernel: await compile(source.replace(right, wrong)) }).equals(plain), wrong);
  }
});

test("the committed module is what its source compiles to", async () => {
  const committed = Buffer.from(kernelModule, "base64");
  assert.ok(Buffer.from(await compileKernel(source)).equals(committed));
  assert.ok(!Buffer.from(await compileKernel(source.replace("32_768", "32_767"))).equals(committed));
});
