import { binOf, type Cuts, featureBins } from "./cuts.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { createGame, expectedValueOf } from "./game.ts";
import { addAttributions, addLeaves, findPlaces, lookUpBins } from "./kernel.ts";
import type { Perturbation } from "./perturbation.ts";
import { buildTables, type Tables } from "./tables.ts";
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
  /** Trees explained from tables, and trees too deep or too many for them, which are walked (`walk.ts`). */
  readonly treesInTables: number;
  readonly treesWalked: number;
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
  /** Rows taken through the trees together: many share one pass over the tables. Default 2,048. */
  readonly blockRows?: number;
}

/**
 * @param perturbation what stands in for the features that are left out
 * @throws ModelRefusal `background` or, path-dependent, `covers_missing`, `covers_invalid`, `covers_zero`
 */
export function createExplainer(
  ensemble: TreeEnsemble,
  perturbation: Perturbation,
  options: ExplainerOptions = {},
): Explainer {
  const { featureCount } = ensemble;
  const game = createGame(ensemble, perturbation);
  const nodesOf: number[][] = Array.from({ length: featureCount }, () => []);
  ensemble.feature.forEach((column, node) => {
    if (column >= 0) nodesOf[column]!.push(node);
  });
  const bins = nodesOf.map((nodes) => featureBins(ensemble, nodes));
  const cuts = bins.map((own) => own.cuts);
  const tables = buildTables(ensemble, bins, game, {
    maxTableBytes: options.maxTableBytes ?? 268_435_456,
    maxPatterns: options.maxPatterns ?? 512,
  });
  const walk = tables.walked.length > 0 ? createTreeWalk(ensemble, tables.walked, game) : null;
  const explainBlock = createBlock(ensemble, cuts, tables, walk, options.blockRows ?? 2048);
  return {
    expectedValue: expectedValueOf(ensemble, game),
    tableBytes: tables.bytes,
    treesInTables: tables.trees.length,
    treesWalked: tables.walked.length,
    explain(rows, count, out, scores) {
      if (rows.length < count * featureCount || out.length < count * featureCount)
        throw new RangeError(`${rows.length} values and room for ${out.length}, for ${count} rows of ${featureCount}`);
      for (let first = 0; first < count; first += explainBlock.rows)
        explainBlock.run(rows, first, Math.min(explainBlock.rows, count - first), out, scores);
    },
  };
}

function createBlock(
  { featureCount, baseOffset }: TreeEnsemble,
  cuts: readonly Cuts[],
  tables: Tables,
  walk: TreeWalk | null,
  block: number,
) {
  const bins = new Uint16Array(featureCount * block);
  const treeBins = new Uint16Array(featureCount * block);
  const places = new Int32Array(block);
  const sums = new Float64Array(featureCount * block);
  const reached = new Float64Array(block);
  return {
    rows: block,
    run(rows: Float32Array, first: number, count: number, out: Float64Array, scores?: Float64Array): void {
      sums.fill(0);
      reached.fill(tables.constant + baseOffset);
      for (let column = 0; column < featureCount; column++) {
        const own = cuts[column]!;
        for (let row = 0; row < count; row++)
          bins[column * block + row] = binOf(own, rows[(first + row) * featureCount + column]!);
      }
      for (const tree of tables.trees) {
        for (let i = 0; i < tree.columns.length; i++)
          lookUpBins(tables.treeBins, tree.binStarts[i]!, bins, tree.columns[i]! * block, treeBins, i * block, count);
        for (const group of tree.groups) {
          findPlaces(places, group.start, tables.codes, group.codeStarts, treeBins, group.features, block, count);
          addAttributions(sums, group.columns, tables.attributions, places, block, count);
          addLeaves(reached, tables.attributions, places, group.columns.length, count);
        }
      }
      if (walk !== null)
        for (let row = 0; row < count; row++)
          reached[row]! += walk.explainRow(rows, (first + row) * featureCount, sums, row, block);
      scores?.set(reached.subarray(0, count), first);
      for (let row = 0; row < count; row++)
        for (let column = 0; column < featureCount; column++)
          out[(first + row) * featureCount + column] = sums[column * block + row]!;
    },
  };
}
