import { branchModes } from "./ensemble.ts";
import { ModelRefusal } from "./refusal.ts";
import type { LeafWeight, TreeNodes } from "./tree-nodes.ts";

const equals = branchModes.indexOf("BRANCH_EQ");

/**
 * The tests that ask one feature for one value after the other and share their true branch, from `node` on: what onnxmltools makes
 * of a LightGBM split over a set of categories. `members` are the values (none where `node` is no test for equality), `otherwise`
 * is where the last false branch leads.
 */
export function followEqualityTests(nodes: TreeNodes, node: number): { members: number[]; otherwise: number } {
  const { modes, thresholds, trueChildren, falseChildren } = nodes;
  const members: number[] = [];
  let at = node;
  let otherwise = falseChildren[at]!;
  if (modes[at] !== equals) return { members, otherwise };
  members.push(thresholds[at]!);
  while (asksOn(nodes, at) && trueChildren[otherwise] === trueChildren[at] && nodes.sharing) {
    at = otherwise;
    members.push(thresholds[at]!);
    otherwise = falseChildren[at]!;
  }
  return { members, otherwise };
}

/** Whether the false branch of a test for equality is another one of the same feature. */
function asksOn({ modes, features, falseChildren }: TreeNodes, node: number): boolean {
  const next = falseChildren[node]!;
  return modes[node] === equals && modes[next] === equals && features[next] === features[node];
}

/**
 * onnxruntime joins tests for equality of one feature whose true branches look equal to it, and then takes the first one's word
 * for NaN and for the branch. Where that would change a score the model is refused: it has no one meaning. No two nodes are compared
 * twice below one test, however they are shared, and all comparisons together count against a budget.
 */
export function checkEqualityTests(nodes: TreeNodes, maxComparisons: number): void {
  let weightsOf: ReadonlyMap<number, readonly LeafWeight[]> | null = null;
  let comparisons = 0;
  for (let node = 0; node < nodes.modes.length; node++) {
    if (!asksOn(nodes, node)) continue;
    const next = nodes.falseChildren[node]!;
    const found = compare(nodes.trueChildren[node]!, nodes.trueChildren[next]!);
    if (found === "different") continue;
    if (found === "looks equal")
      throw new ModelRefusal(
        "equality_tests",
        `the true branches of ${nodes.name(node)} and the next differ in little`,
      );
    if ((nodes.missingTrue[node] ?? 0) === 0 && nodes.missingTrue[next] === 1)
      throw new ModelRefusal("equality_tests", `${nodes.name(node)} and the next treat missing values differently`);
  }

  /** "looks equal": onnxruntime passes over what differs, directions of missing values and all but a leaf's first weight. */
  function compare(left: number, right: number): "different" | "looks equal" | "equal" {
    const stack: [number, number][] = [[left, right]];
    const compared = new Set<number>();
    let equal = true;
    for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
      const [a, b] = pair;
      const key = a * nodes.modes.length + b;
      if (a === b || compared.has(key)) continue;
      compared.add(key);
      comparisons += 1;
      if (comparisons > maxComparisons)
        throw new ModelRefusal(
          "too_many_nodes",
          `more than ${maxComparisons} nodes to compare below tests for equality`,
        );
      if (nodes.modes[a] !== nodes.modes[b]) return "different";
      if (nodes.modes[a]! < 0) {
        weightsOf ??= Map.groupBy(nodes.weights, (weight) => weight.node);
        const own = weightsOf.get(a) ?? [];
        const others = weightsOf.get(b) ?? [];
        if (own[0]?.value !== others[0]?.value) return "different";
        equal &&= sameWeights(own, others);
        continue;
      }
      if (nodes.features[a] !== nodes.features[b] || nodes.thresholds[a] !== nodes.thresholds[b]) return "different";
      equal &&= (nodes.missingTrue[a] ?? 0) === (nodes.missingTrue[b] ?? 0);
      stack.push([nodes.falseChildren[a]!, nodes.falseChildren[b]!]);
      stack.push([nodes.trueChildren[a]!, nodes.trueChildren[b]!]);
    }
    return equal ? "equal" : "looks equal";
  }
}

function sameWeights(a: readonly LeafWeight[], b: readonly LeafWeight[]): boolean {
  const idOf = new Map(b.map(({ id, value }) => [id, value]));
  return a.length === b.length && a.every(({ id, value }) => idOf.get(id) === value);
}
