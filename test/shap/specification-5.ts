import type { Attribute } from "./onnx-writer.ts";

/**
 * `TreeEnsemble` of ai.onnx.ml 5 as its specification words it, straight from the attributes: where onnxruntime reads it otherwise, or not
 * at all, this is what the parser is held to. Raw scores by target, the sum or mean of leaves. The attributes' tensors are already
 * rounded to the type that is written. https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html
 */
export function scoreBySpecification(
  attributes: Readonly<Record<string, Attribute>>,
  row: ArrayLike<number>,
): number[] {
  const numbers = (name: string): readonly number[] => {
    const attribute = attributes[name] ?? { ints: [] };
    if ("ints" in attribute) return attribute.ints;
    if ("doubles" in attribute) return attribute.doubles;
    if ("bytes" in attribute) return attribute.bytes;
    if ("singles" in attribute) return attribute.singles.map(Math.fround);
    return "int" in attribute ? [attribute.int] : [];
  };
  const modes = numbers("nodes_modes");
  const sets = membershipSets(modes, numbers("membership_values"));
  const missing = numbers("nodes_missing_value_tracks_true");
  const holds = (node: number): boolean => {
    const x = row[numbers("nodes_featureids")[node]!]!;
    const split = numbers("nodes_splits")[node]!;
    const compares = [x <= split, x < split, x >= split, x > split, x === split, x !== split, sets[node]!.includes(x)];
    return compares[modes[node]!]! || (Number.isNaN(x) && missing[node] === 1);
  };
  const scores = new Array<number>(numbers("n_targets")[0]!).fill(0);
  const roots = numbers("tree_roots");
  const share = numbers("aggregate_function")[0] === 0 ? roots.length : 1;
  for (const root of roots) {
    let node = root;
    for (;;) {
      const way = holds(node) ? "true" : "false";
      const next = numbers(`nodes_${way}nodeids`)[node]!;
      if (numbers(`nodes_${way}leafs`)[node] === 1) {
        scores[numbers("leaf_targetids")[next]!]! += numbers("leaf_weights")[next]! / share;
        break;
      }
      node = next;
    }
  }
  return scores;
}

function membershipSets(modes: readonly number[], values: readonly number[]): number[][] {
  const sets: number[][] = [[]];
  for (const value of values)
    if (Number.isNaN(value)) sets.push([]);
    else sets.at(-1)!.push(value);
  return modes.map((mode) => (mode === 6 ? sets.shift()! : []));
}
