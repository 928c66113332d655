/**
 * Shapley values of the game "worth 1 when all of a players are in and all of b players are out": each of the a gets
 * `inside(a, b)` = (a-1)! b! / (a+b)!, each of the b gets minus `outside(a, b)` = a! (b-1)! / (a+b)!. Written as 1 / (a C(a+b, a)), so
 * that large counts end in 0 and not in infinity over infinity.
 */
export interface ShapleyWeights {
  inside(a: number, b: number): number;
  outside(a: number, b: number): number;
}

/** Weights for a + b up to `players`. */
export function shapleyWeights(players: number): ShapleyWeights {
  const width = players + 1;
  const table = new Float64Array(width * width);
  const binomials = new Float64Array(width);
  for (let total = 0; total <= players; total++) {
    // Pascal's triangle, one row at a time.
    for (let a = total; a >= 0; a--) {
      binomials[a] = a === 0 || a === total ? 1 : binomials[a]! + binomials[a - 1]!;
      if (a > 0) table[a * width + (total - a)] = 1 / (a * binomials[a]!);
    }
  }
  return {
    inside: (a, b) => table[a * width + b]!,
    outside: (a, b) => table[b * width + a]!,
  };
}
