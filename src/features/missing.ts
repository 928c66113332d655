/** What exports write where they have no value; a feature that has a category of that name reads it as the category. */
const tokens = new Set([
  "-",
  "--",
  "?",
  ...["na", "n/a", "n.a.", "#n/a", "<na>", "nan", "null", "#null!", "none", "nil", "unknown", "undefined", "(blank)"],
  ...["not available", "not specified", "not applicable", "prefer not to answer", "prefer not to say"],
]);
const longest = Math.max(...[...tokens].map((token) => token.length));

/** Whether the trimmed text stands for "no value". */
export function isMissingToken(text: string): boolean {
  return text.length <= longest && tokens.has(text.toLowerCase());
}
