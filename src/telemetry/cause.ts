/**
 * An error and its causes for the log: names, codes and places in the code, never messages: a message of the database, a parser or the file
 * system may quote a customer's data.
 */
export function describeCause(error: unknown): string {
  const parts: string[] = [];
  for (let current = error, depth = 0; current !== undefined && current !== null && depth < 5; depth++) {
    if (!(current instanceof Error)) {
      parts.push(typeof current);
      break;
    }
    parts.push([current.name, codeOf(current), placeOf(current)].filter((part) => part !== "").join(" "));
    current = current.cause;
  }
  return parts.join(" < ");
}

function codeOf(error: Error): string {
  const code: unknown = "code" in error ? error.code : undefined;
  return typeof code === "string" || typeof code === "number" ? `[${code}]` : "";
}

/** The innermost two frames, without the folders above `src`. */
function placeOf(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return frames
    .slice(0, 2)
    .map((frame) => frame.trim().split(/[/\\]/).slice(-2).join("/"))
    .join(", ");
}
