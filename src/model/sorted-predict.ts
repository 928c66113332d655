import type { Session } from "./session.ts";

/** Fewer rows are not worth sorting. */
const fewestRows = 64;

/**
 * The session's `predict`, which is handed its rows in the order that `order` gives and whose answers are put back in theirs: a row's probability
 * does not depend on the rows beside it, and the time that it takes does.
 */
export function sortedPredict(
  session: Session,
  width: number,
  order: (rows: Float32Array, count: number) => Uint32Array,
): Session["predict"] {
  return async (features, count) => {
    if (count < fewestRows) return session.predict(features, count);
    const places = order(features, count);
    const sorted = new Float32Array(count * width);
    for (let place = 0; place < count; place++) {
      const from = places[place]! * width;
      for (let i = 0; i < width; i++) sorted[place * width + i] = features[from + i]!;
    }
    const found = await session.predict(sorted, count);
    const probabilities = new Float32Array(count);
    for (let place = 0; place < count; place++) probabilities[places[place]!] = found[place]!;
    return probabilities;
  };
}
