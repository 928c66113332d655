import type { ReadBudget } from "./protobuf.ts";
import { ModelRefusal } from "./refusal.ts";

export interface OnnxReadOptions {
  /** Bytes of the file. Default 64 MiB: a thousand trees of 255 leaves are about 30 MB. */
  readonly maxBytes?: number;
  /** Graph nodes (operators, not tree nodes), bodies and functions included. Default 10,000. */
  readonly maxNodes?: number;
  /** Messages, strings and numbers in all. Default 20 million. */
  readonly maxValues?: number;
  /** Depth of graphs within graphs, and of types within types. Default 8. */
  readonly maxNesting?: number;
  /** What to do with a tensor whose data lies in another file. Default "refuse". */
  readonly externalData?: "refuse" | "report";
}

/** What all parts of one reading share: budgets and the two checks that every message needs. */
export interface OnnxContext {
  readonly maxBytes: number;
  readonly budget: ReadBudget;
  readonly reportExternal: boolean;
  countNode(): void;
  enter(depth: number): void;
  /** For one message: passes the value on, and refuses a field's second coming. */
  once(message: string): <T>(field: number, value: T) => T;
  unknown(message: string, field: number): never;
}

export function createOnnxContext(options: OnnxReadOptions): OnnxContext {
  const maxNodes = options.maxNodes ?? 10_000;
  const maxNesting = options.maxNesting ?? 8;
  let nodes = 0;
  return {
    maxBytes: options.maxBytes ?? 67_108_864,
    budget: { values: options.maxValues ?? 20_000_000 },
    reportExternal: options.externalData === "report",
    countNode() {
      nodes += 1;
      if (nodes > maxNodes) throw new ModelRefusal("too_many_nodes", `more than ${maxNodes} operators`);
    },
    enter(depth) {
      if (depth > maxNesting) throw new ModelRefusal("nesting", `nested deeper than ${maxNesting}`);
    },
    once(message) {
      const seen = new Set<number>();
      return (field, value) => {
        if (seen.has(field)) throw new ModelRefusal("repeated_field", `field ${field} of ${message} is given twice`);
        seen.add(field);
        return value;
      };
    },
    unknown(message, field) {
      throw new ModelRefusal("unknown_field", `field ${field} of ${message}`);
    },
  };
}
