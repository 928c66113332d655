import type { TreeEnsemble } from "./ensemble.ts";

/** Most tests on one way, in these trees. */
export function mostTests(ensemble: TreeEnsemble, trees: Iterable<number>): number {
  const depth = new Int32Array(ensemble.feature.length);
  let deepest = 0;
  for (const tree of trees)
    for (let node = ensemble.roots[tree]!; node < ensemble.roots[tree + 1]!; node++) {
      deepest = Math.max(deepest, depth[node]!);
      if (ensemble.feature[node]! < 0) continue;
      // Parents stand before their children.
      depth[ensemble.trueChild[node]!] = depth[node]! + 1;
      depth[ensemble.falseChild[node]!] = depth[node]! + 1;
    }
  return deepest;
}
