import { ModelRefusal } from "./refusal.ts";
import type { TreeNodes } from "./tree-nodes.ts";

/**
 * The nodes below `root`, children before their parents, each once, however many parents it has.
 *
 * @throws ModelRefusal where a node stands above itself, or has two parents in a file that shares none
 */
export function orderTree(nodes: TreeNodes, root: number): readonly number[] {
  const order: number[] = [];
  const open = new Set<number>([root]);
  const done = new Set<number>();
  /** Each open node, and how many of its children were entered. */
  const stack: { node: number; entered: number }[] = [{ node: root, entered: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { node } = top;
    if (nodes.modes[node]! < 0 || top.entered === 2) {
      stack.pop();
      open.delete(node);
      done.add(node);
      order.push(node);
      continue;
    }
    const child = (top.entered === 0 ? nodes.trueChildren : nodes.falseChildren)[node]!;
    top.entered += 1;
    if (open.has(child)) throw new ModelRefusal("node_reached_twice", `${nodes.name(child)} stands below itself`);
    if (!done.has(child)) {
      open.add(child);
      stack.push({ node: child, entered: 0 });
    } else if (!nodes.sharing && nodes.modes[child]! >= 0)
      throw new ModelRefusal("node_reached_twice", `${nodes.name(child)} has two parents`);
  }
  return order;
}
