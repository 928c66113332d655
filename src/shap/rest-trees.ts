import type { TreeEnsemble } from "./ensemble.ts";
import type { LeafNumbers } from "./tables.ts";

/**
 * The ensemble with nothing but the leaves of `rest`: all others are 0, and a node with only such below it is a leaf of 0 itself, so that
 * a walk does not go there. Node numbers stay.
 */
export function restTrees(ensemble: TreeEnsemble, rest: ReadonlyMap<number, LeafNumbers>): TreeEnsemble {
  const feature = ensemble.feature.slice();
  const leaf = ensemble.leaf.slice();
  for (const [tree, leaves] of rest) if (leaves !== "all") prune(ensemble.roots[tree]!, leaves);
  return { ...ensemble, feature, leaf };

  function prune(root: number, leaves: ReadonlySet<number>): void {
    const needed = new Set<number>();
    const ways: number[] = [];
    let number = 0;
    // True branch first, as `treeShape` numbers the leaves.
    const visit = (node: number): void => {
      ways.push(node);
      if (ensemble.feature[node]! >= 0) {
        visit(ensemble.trueChild[node]!);
        visit(ensemble.falseChild[node]!);
      } else if (leaves.has(number++)) for (const above of ways) needed.add(above);
      ways.pop();
    };
    visit(root);
    drop(root, needed);
  }

  function drop(node: number, needed: ReadonlySet<number>): void {
    if (!needed.has(node)) {
      feature[node] = -1;
      leaf[node] = 0;
    } else if (ensemble.feature[node]! >= 0) {
      drop(ensemble.trueChild[node]!, needed);
      drop(ensemble.falseChild[node]!, needed);
    }
  }
}
