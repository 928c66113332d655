import { type Background, readBackground } from "./background.ts";
import { coverShares } from "./cover-shares.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import type { Perturbation } from "./perturbation.ts";
import { rawScores } from "./score.ts";

/** A perturbation, checked against its ensemble and ready for use. */
export type Game =
  | { readonly kind: "interventional"; readonly background: Background }
  /** For each node, the share of its parent's cover: see `coverShares`. */
  | { readonly kind: "path-dependent"; readonly shares: Float64Array };

/** @throws ModelRefusal `background`, or one of `coverShares` */
export function createGame(ensemble: TreeEnsemble, perturbation: Perturbation): Game {
  return perturbation.kind === "interventional"
    ? { kind: "interventional", background: readBackground(perturbation, ensemble.featureCount) }
    : { kind: "path-dependent", shares: coverShares(ensemble) };
}

/** The raw score of a row of which nothing is known: the mean over the background, or over the covers of the leaves. */
export function expectedValueOf(ensemble: TreeEnsemble, game: Game): number {
  if (game.kind === "interventional") {
    const { rows, count, shares } = game.background;
    return rawScores(ensemble, rows, count).reduce((sum, score, row) => sum + score * shares[row]!, 0);
  }
  const { roots, feature, trueChild, falseChild, leaf } = ensemble;
  const { shares } = game;
  const expected = leaf.slice();
  // Parents stand before their children.
  for (let node = feature.length - 1; node >= 0; node--)
    if (feature[node]! >= 0) {
      const yes = trueChild[node]!;
      const no = falseChild[node]!;
      expected[node] = shares[yes]! * expected[yes]! + shares[no]! * expected[no]!;
    }
  return roots.subarray(0, -1).reduce((sum, root) => sum + expected[root]!, ensemble.baseOffset);
}
