/**
 * Metric math: the one time series that an alarm on an expression watches ("Using math expressions with CloudWatch metrics"; "Create a
 * CloudWatch alarm based on a metric math expression").
 */
import { type Operator, parseExpression, type Tree } from "./expression-tree.ts";
import { type Filler, fill, ifElse, unaryFunctions } from "./math-functions.ts";
import {
  combine,
  eachDatapoint,
  list,
  type MathValue,
  type Series,
  scalar,
  scalarOf,
  series,
  seriesOf,
} from "./math-value.ts";

export interface MathInput {
  /** Id → one value for each period, oldest first. All have one length. */
  readonly metrics: Readonly<Record<string, Series>>;
  /** Id → expression; they may name metrics and one another. */
  readonly expressions: Readonly<Record<string, string>>;
  readonly periodSeconds: number;
  /** False: FILL leaves a series without any datapoint as it is. AWS does not say which it does. True where nothing is said. */
  readonly fillsEmptySeries?: boolean;
}

/** The series of one id. Throws on an unknown id or function, on a circle of references, and where the result is no single series. */
export function evaluateMath(id: string, input: MathInput): Series {
  const value = mathValueOf(id, input);
  if (value.kind === "TS") return value.series;
  const what = value.kind === "S" ? "a scalar" : "several time series";
  throw new Error(`metric math: ${id} gives ${what}; an alarm watches one series`);
}

/** As evaluateMath, for a graph, which also shows arrays. */
export function mathValueOf(id: string, input: MathInput): MathValue {
  return createMath(input)(id);
}

const operations: Readonly<Record<Operator, (x: number, y: number) => number>> = {
  OR: (x, y) => Number(x !== 0 || y !== 0),
  AND: (x, y) => Number(x !== 0 && y !== 0),
  "==": (x, y) => Number(x === y),
  "!=": (x, y) => Number(x !== y),
  "<=": (x, y) => Number(x <= y),
  ">=": (x, y) => Number(x >= y),
  "<": (x, y) => Number(x < y),
  ">": (x, y) => Number(x > y),
  "+": (x, y) => x + y,
  "-": (x, y) => x - y,
  "*": (x, y) => x * y,
  "/": (x, y) => x / y,
  "^": (x, y) => x ** y,
};

function createMath({
  metrics,
  expressions,
  periodSeconds,
  fillsEmptySeries = true,
}: MathInput): (id: string) => MathValue {
  const periods = Object.values(metrics)[0]?.length ?? 0;
  const open: string[] = [];

  const resolve = (id: string): MathValue => {
    const metric = metrics[id];
    if (metric !== undefined) return series(metric);
    const expression = expressions[id];
    if (expression === undefined) throw new Error(`metric math: nothing has the id ${id}`);
    if (open.includes(id)) throw new Error(`metric math: ${[...open, id].join(" → ")} is a circle`);
    open.push(id);
    const value = evaluate(parseExpression(expression));
    open.pop();
    return value;
  };

  const evaluate = (tree: Tree): MathValue => {
    switch (tree.kind) {
      case "number":
        return scalar(tree.value);
      case "reference":
        return resolve(tree.id);
      case "list":
        return list(tree.items.map(evaluate).flatMap((item) => (item.kind === "TS[]" ? item.list : [seriesOf(item)])));
      case "minus":
        return eachDatapoint(evaluate(tree.operand), (x) => -x);
      case "binary":
        return combine(evaluate(tree.left), evaluate(tree.right), operations[tree.operator]);
      case "call":
        return call(tree.name, tree.args);
      case "string":
      case "word":
        throw new Error(`metric math: ${tree.kind === "word" ? tree.word : tree.value} is no value`);
    }
  };

  const call = (name: string, args: readonly Tree[]): MathValue => {
    const unary = unaryFunctions[name];
    if (unary !== undefined) return unary(evaluate(only(name, args)));
    switch (name) {
      case "IF": {
        if (args.length < 2 || args.length > 3)
          throw new Error(`metric math: IF takes 2 or 3 arguments, not ${args.length}`);
        const [condition, yes, no] = args.map(evaluate);
        return ifElse(condition!, yes!, no ?? null, periods);
      }
      case "FILL": {
        if (args.length !== 2) throw new Error(`metric math: FILL takes 2 arguments, not ${args.length}`);
        return fill(evaluate(args[0]!), filler(args[1]!), fillsEmptySeries);
      }
      case "METRICS": {
        const part = args[0];
        if (part !== undefined && part.kind !== "string")
          throw new Error("metric math: METRICS takes a string or nothing");
        const ids = Object.keys(metrics).filter((id) => part === undefined || id.includes(part.value));
        return list(ids.map((id) => metrics[id]!));
      }
      case "PERIOD": {
        const of = only(name, args);
        if (of.kind !== "reference" || metrics[of.id] === undefined)
          throw new Error("metric math: PERIOD takes the id of a metric");
        return scalar(periodSeconds);
      }
      case "TIME_SERIES": {
        const value = scalarOf(evaluate(only(name, args)));
        return series(Array.from({ length: periods }, () => value));
      }
      default:
        throw new Error(`metric math: the function ${name} is not implemented`);
    }
  };

  const filler = (tree: Tree): Filler => {
    if (tree.kind !== "word") return evaluate(tree);
    if (tree.word === "REPEAT" || tree.word === "LINEAR") return tree.word;
    throw new Error(`metric math: FILL cannot fill with ${tree.word}`);
  };

  return resolve;
}

function only(name: string, args: readonly Tree[]): Tree {
  if (args.length !== 1) throw new Error(`metric math: ${name} takes 1 argument, not ${args.length}`);
  return args[0]!;
}
