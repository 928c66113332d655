/** What a data-quality code of a value means, for a person. */
const texts: ReadonlyMap<string, string> = new Map([
  ["missing", "No value was given; the model was trained to do without it."],
  [
    "outside_training_range",
    "The value lies outside what the model has seen in training; treat the score with caution.",
  ],
]);

export function noteText(code: string): string {
  return texts.get(code) ?? code.replaceAll("_", " ");
}
