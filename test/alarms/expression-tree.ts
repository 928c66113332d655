/**
 * The grammar of CloudWatch's metric math ("Using math expressions with CloudWatch metrics"): functions in capitals, ids that start with a
 * small letter, lists in brackets. There is no NOT: the page has AND, OR, && and ||, and no other logical operator.
 */

export type Tree =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "reference"; readonly id: string }
  /** A bare word in capitals, such as REPEAT. */
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "list"; readonly items: readonly Tree[] }
  | { readonly kind: "minus"; readonly operand: Tree }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Tree; readonly right: Tree }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Tree[] };

export type Operator = "OR" | "AND" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "+" | "-" | "*" | "/" | "^";

/** From the loosest to the tightest; all but ^ group from the left. */
const levels: readonly (readonly Operator[])[] = [
  ["OR"],
  ["AND"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];
const spelledAs: Readonly<Record<string, Operator>> = { "||": "OR", "&&": "AND" };

/** Throws, with the place, on what is no expression. */
export function parseExpression(expression: string): Tree {
  const tokens = tokenize(expression);
  let next = 0;
  const refuse = (): never => {
    const token = tokens[next];
    throw new Error(`metric math: ${token === undefined ? "unexpected end" : `unexpected ${token}`} in ${expression}`);
  };
  const takes = (token: string): boolean => {
    if (tokens[next] !== token) return false;
    next++;
    return true;
  };
  const expect = (token: string): void => {
    if (!takes(token)) refuse();
  };

  const level = (depth: number): Tree => {
    const operators = levels[depth];
    if (operators === undefined) return unary();
    let left = level(depth + 1);
    for (;;) {
      const token = tokens[next] ?? "";
      const operator = operators.find((candidate) => candidate === (spelledAs[token] ?? token));
      if (operator === undefined) return left;
      next++;
      left = { kind: "binary", operator, left, right: level(depth + 1) };
    }
  };
  const unary = (): Tree => (takes("-") ? { kind: "minus", operand: unary() } : power());
  const power = (): Tree => {
    const left = primary();
    return takes("^") ? { kind: "binary", operator: "^", left, right: unary() } : left;
  };
  const sequence = (end: string): Tree[] => {
    const items: Tree[] = [];
    if (takes(end)) return items;
    do items.push(level(0));
    while (takes(","));
    expect(end);
    return items;
  };
  const primary = (): Tree => {
    if (takes("(")) {
      const inside = level(0);
      expect(")");
      return inside;
    }
    if (takes("[")) return { kind: "list", items: sequence("]") };
    const token = tokens[next] ?? refuse();
    if (/^[\d.]/.test(token)) {
      next++;
      return { kind: "number", value: Number(token) };
    }
    if (/^["']/.test(token)) {
      next++;
      return { kind: "string", value: token.slice(1, -1) };
    }
    if (/^[a-z]/.test(token)) {
      next++;
      return { kind: "reference", id: token };
    }
    if (!/^[A-Z]/.test(token) || token === "AND" || token === "OR") return refuse();
    next++;
    return takes("(") ? { kind: "call", name: token, args: sequence(")") } : { kind: "word", word: token };
  };

  const tree = level(0);
  if (next < tokens.length) refuse();
  return tree;
}

const token = /\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]\w*|"[^"]*"|'[^']*'|==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],])/y;

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trim();
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) throw new Error(`metric math: unexpected ${text.slice(at, at + 10)} in ${expression}`);
    tokens.push(found[1]!);
  }
  return tokens;
}
