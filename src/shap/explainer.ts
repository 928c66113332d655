import type { BlockKernel } from "./block-kernel.ts";
import { featureBins } from "./cuts.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { createGame, expectedValueOf } from "./game.ts";
import type { Perturbation } from "./perturbation.ts";
import { createPlainKernel } from "./plain-kernel.ts";
import { restTrees } from "./rest-trees.ts";
import { createSimdMemory, simdKernelModule } from "./simd-kernel.ts";
import { buildTables } from "./tables.ts";
import { createTreeWalk, type TreeWalk } from "./walk.ts";

/** Exact SHAP values of one ensemble, against a background or along its covers. */
export interface Explainer {
  /**
   * The raw score (log-odds) expected of a row of which nothing is known: the weighted mean of the background, or of the leaves by their
   * covers. It is the base value of every explanation: what a row's SHAP values are added to.
   */
  readonly expectedValue: number;
  /** Bytes of the precomputed tables. */
  readonly tableBytes: number;
  /** Time that building it took. */
  readonly buildMilliseconds: number;
  /** Trees explained from tables alone, and trees with leaves too deep or too many for them, which are walked (`walk.ts`). */
  readonly treesInTables: number;
  readonly treesWalked: number;
  /** What adds the tables up: WebAssembly with SIMD, or plain TypeScript. Both give the same bits. */
  readonly kernel: BlockKernel["name"];
  /**
   * `expectedValue` + the sum of a row's values = its raw score. A row's values do not depend on the rows beside it.
   *
   * @param rows row-major, `count` x `featureCount`; NaN is a missing value
   * @param out row-major, `count` x `featureCount`, log-odds; overwritten
   * @param scores `count` raw scores, log-odds; overwritten where given. They are the sums of the leaves that the rows reach, not of `out`.
   */
  explain(rows: Float32Array, count: number, out: Float64Array, scores?: Float64Array): void;
}

export interface ExplainerOptions {
  /** Most bytes of tables. Default 256 MiB. */
  readonly maxTableBytes?: number;
  /** Most patterns of one group of leaves: more is fewer look-ups for a row, and more memory and time to build. Default 512. */
  readonly maxPatterns?: number;
  /** Rows taken through the trees together: many share one pass over the tables. Default: as many as stay near the processor. */
  readonly blockRows?: number;
  /**
   * Default "webassembly" where the runtime has SIMD and compiles from bytes and the trees are more than a few, else "plain". A runtime that
   * does not compile (the edge) can be given the compiled module of `wasm/kernel-module.ts`.
   */
  readonly kernel?: "plain" | WebAssembly.Module;
}

/** Fewer are plain work: a WebAssembly memory costs more to make than they win (Bun has ten quick ones, and collects its whole heap for the next). */
const fewDecisions = 512;

/**
 * @param perturbation what stands in for the features that are left out
 * @throws ModelRefusal `background` or, path-dependent, `covers_missing`, `covers_invalid`, `covers_zero`
 */
export function createExplainer(
  ensemble: TreeEnsemble,
  perturbation: Perturbation,
  options: ExplainerOptions = {},
): Explainer {
  const started = performance.now();
  const { featureCount } = ensemble;
  const game = createGame(ensemble, perturbation);
  const nodesOf: number[][] = Array.from({ length: featureCount }, () => []);
  ensemble.feature.forEach((column, node) => {
    if (column >= 0) nodesOf[column]!.push(node);
  });
  const bins = nodesOf.map((nodes) => featureBins(ensemble, nodes));
  const cuts = bins.map((own) => own.cuts);
  const limits = {
    maxTableBytes: options.maxTableBytes ?? 268_435_456,
    maxPatterns: options.maxPatterns ?? 512,
  };
  const decisions = nodesOf.reduce((sum, nodes) => sum + nodes.length, 0);
  const usual = decisions < fewDecisions ? null : simdKernelModule();
  const module = options.kernel === "plain" ? null : (options.kernel ?? usual);
  const memory = module === null ? null : createSimdMemory(module);
  const tables = buildTables(ensemble, bins, game, limits, (length) =>
    memory === null ? new Float64Array(length) : memory.attributions(length),
  );
  const blockRows = options.blockRows ?? defaultBlockRows(featureCount);
  const kernel =
    memory === null
      ? createPlainKernel(tables.bundles, tables.attributions, cuts, blockRows)
      : memory.kernel(tables.bundles, cuts, blockRows);
  const walked = [...tables.rest.keys()];
  const walk = walked.length > 0 ? createTreeWalk(restTrees(ensemble, tables.rest), walked, game) : null;
  const explainBlock = createBlock(featureCount, kernel, walk, tables.constant + ensemble.baseOffset);
  return {
    expectedValue: expectedValueOf(ensemble, game),
    tableBytes: kernel.tableBytes,
    buildMilliseconds: performance.now() - started,
    treesInTables: ensemble.roots.length - 1 - walked.length,
    treesWalked: walked.length,
    kernel: kernel.name,
    explain(rows, count, out, scores) {
      if (rows.length < count * featureCount || out.length < count * featureCount)
        throw new RangeError(`${rows.length} values and room for ${out.length}, for ${count} rows of ${featureCount}`);
      for (let first = 0; first < count; first += blockRows)
        explainBlock(rows, first, Math.min(blockRows, count - first), out, scores);
    },
  };
}

/** Many rows share what is read of the tables; the sums of a very wide model are a few MB then. */
function defaultBlockRows(featureCount: number): number {
  return Math.max(128, Math.min(2048, 128 * Math.floor(8192 / featureCount)));
}

function createBlock(
  featureCount: number,
  { sums, sumStride, run }: BlockKernel,
  walk: TreeWalk | null,
  constant: number,
) {
  return (rows: Float32Array, first: number, count: number, out: Float64Array, scores?: Float64Array): void => {
    for (let column = 0; column < featureCount; column++) sums.fill(0, column * sumStride, column * sumStride + count);
    sums.fill(constant, featureCount * sumStride, featureCount * sumStride + count);
    run(rows, first, count);
    const leaves = featureCount * sumStride;
    if (walk !== null)
      for (let row = 0; row < count; row++)
        sums[leaves + row]! += walk.explainRow(rows, (first + row) * featureCount, sums, row, sumStride);
    if (scores !== undefined) for (let row = 0; row < count; row++) scores[first + row] = sums[leaves + row]!;
    for (let row = 0; row < count; row++) {
      const to = (first + row) * featureCount;
      for (let column = 0; column < featureCount; column++) out[to + column] = sums[column * sumStride + row]!;
    }
  };
}
