import type { PlacedTrees } from "./tree-builder.ts";
import type { TreeNodes } from "./tree-nodes.ts";

/** XGBoost adds up weights of rows in float32, a node apart from its children. Numbers that are no covers are off by far more. */
const tolerance = 1e-4;

/**
 * How many training rows (or what weight of them) reached each node, from `nodes_hitrates`. Most converters write 1 for every node,
 * which says nothing, so the numbers count as real only where each decision's is the sum of its children's and not all are 1.
 * Otherwise `refusal` says what is missing.
 */
export function readCover(
  nodes: TreeNodes,
  trees: PlacedTrees,
): { cover: Float64Array; refusal: null } | { cover: null; refusal: string } {
  const { hitRates } = nodes;
  const none = (refusal: string) => ({ cover: null, refusal });
  if (hitRates.length === 0) return none("the file has no nodes_hitrates");
  if (hitRates.length !== nodes.modes.length)
    return none(`nodes_hitrates has ${hitRates.length} numbers for ${nodes.modes.length} nodes and leaves`);
  const cover = Float64Array.from(trees.source, (node) => hitRates[node]!);
  if (cover.every((rate) => rate === 1)) return none("nodes_hitrates is 1 for every node: the converter did not count");
  for (let at = 0; at < cover.length; at++) {
    const here = cover[at]!;
    const where = nodes.name(trees.source[at]!);
    if (!(here >= 0 && here < Number.POSITIVE_INFINITY)) return none(`nodes_hitrates of ${where} is ${here}`);
    if (trees.feature[at]! < 0) continue;
    const below = cover[trees.trueChild[at]!]! + cover[trees.falseChild[at]!]!;
    if (!(here > 0 || below === 0) || !(Math.abs(here - below) <= tolerance * here))
      return none(`nodes_hitrates of ${where} is ${here}, and ${below} of its children together`);
  }
  for (const root of trees.roots.subarray(0, -1))
    if (cover[root] === 0) return none(`nodes_hitrates of ${nodes.name(trees.source[root]!)}, a root, is 0`);
  return { cover, refusal: null };
}
