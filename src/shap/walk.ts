import type { TreeEnsemble } from "./ensemble.ts";
import type { Game } from "./game.ts";
import { createInterventionalWalk } from "./interventional-walk.ts";
import { createPathWalk } from "./path-walk.ts";

/** Explains whole trees without tables, row after row: for those whose tables would be too large. Exact for every tree. */
export interface TreeWalk {
  /** Adds the trees' attributions of one row; `into[at + column * stride]` is the column's. Answers their part of the raw score. */
  explainRow(rows: Float32Array, start: number, into: Float64Array, at: number, stride: number): number;
}

export function createTreeWalk(ensemble: TreeEnsemble, trees: readonly number[], game: Game): TreeWalk {
  return game.kind === "interventional"
    ? createInterventionalWalk(ensemble, trees, game.background)
    : createPathWalk(ensemble, trees, game.shares);
}
