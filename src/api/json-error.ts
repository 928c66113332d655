/** The first place where a text stops being JSON (RFC 8259). */
export interface JsonError {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly what: string;
}

/**
 * Finds what `JSON.parse` rejected: the engines name the place differently or not at all, and some quote the text. Null when the text is
 * JSON. Linear, and with a stack of its own, so deep nesting does no harm.
 */
export function findJsonError(text: string): JsonError | null {
  const open: ("{" | "[")[] = [];
  let at = skipSpace(text, 0);
  let expect: "value" | "first" | "key" | "after" = "value";
  for (;;) {
    const character = text[at];
    if (expect === "after") {
      if (open.length === 0) return character === undefined ? null : errorAt(text, at, "nothing may follow the value");
      const closing = open.at(-1) === "{" ? "}" : "]";
      if (character === ",") expect = closing === "}" ? "key" : "value";
      else if (character === closing) open.pop();
      else return errorAt(text, at, `"," or "${closing}" is missing`);
      at = skipSpace(text, at + 1);
    } else if (expect === "first" && character === (open.at(-1) === "{" ? "}" : "]")) {
      open.pop();
      expect = "after";
      at = skipSpace(text, at + 1);
    } else if (expect === "key" || (expect === "first" && open.at(-1) === "{")) {
      if (character !== '"') return errorAt(text, at, "a name in double quotation marks is missing");
      const end = stringEnd(text, at);
      if (end < 0) return errorAt(text, -end - 1, "the text in quotation marks is not valid");
      at = skipSpace(text, end);
      if (text[at] !== ":") return errorAt(text, at, '":" is missing');
      at = skipSpace(text, at + 1);
      expect = "value";
    } else if (character === "{" || character === "[") {
      open.push(character);
      expect = "first";
      at = skipSpace(text, at + 1);
    } else if (character === '"') {
      const end = stringEnd(text, at);
      if (end < 0) return errorAt(text, -end - 1, "the text in quotation marks is not valid");
      expect = "after";
      at = skipSpace(text, end);
    } else {
      const length = literalLength(text, at);
      if (length === 0) return errorAt(text, at, "a value is missing or not valid");
      expect = "after";
      at = skipSpace(text, at + length);
    }
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return at;
}

/** Offset after the closing quotation mark, or −1 − the offset of what is wrong. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') return at + 1;
    if (character < " ") return -at - 1;
    if (character !== "\\") continue;
    const escaped = text[++at] ?? "";
    if (escaped === "u") {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5))) return -at - 1;
      at += 4;
    } else if (escaped === "" || !'"\\/bfnrt'.includes(escaped)) return -at - 1;
  }
  return -text.length - 1;
}

function literalLength(text: string, at: number): number {
  for (const word of ["true", "false", "null"]) if (text.startsWith(word, at)) return word.length;
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  number.lastIndex = at;
  return number.exec(text)?.[0].length ?? 0;
}

function errorAt(text: string, at: number, what: string): JsonError {
  let line = 1;
  let lineStart = 0;
  for (let index = text.indexOf("\n"); index >= 0 && index < at; index = text.indexOf("\n", index + 1)) {
    line++;
    lineStart = index + 1;
  }
  return { line, column: at - lineStart + 1, what };
}
