/**
 * The Shapley value as an integral (Owen, Multilinear Extensions of Games, Management Science 18, 1972): a player's value is its expected
 * gain when every other player is in with probability p, averaged over p from 0 to 1. For k players the gain is a polynomial
 * in p of degree k - 1, so Gauss's rule of k/2 points (rounded up) gives the integral itself, to rounding.
 */
export interface ShapleyIntegral {
  /** Between 0 and 1. */
  readonly points: Float64Array;
  /** Weight of each point; they sum to 1. */
  readonly weights: Float64Array;
}

/** Answers the rule for a number of players, made once each. */
export function createShapleyIntegrals(): (players: number) => ShapleyIntegral {
  const made = new Map<number, ShapleyIntegral>();
  return (players) => {
    const count = Math.max(1, Math.ceil(players / 2));
    const rule = made.get(count) ?? gaussRule(count);
    made.set(count, rule);
    return rule;
  };
}

/** Gauss-Legendre on [0, 1]: the roots of Legendre's polynomial by Newton's method from Tricomi's guess. */
function gaussRule(count: number): ShapleyIntegral {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; 2 * i < count; i++) {
    let root = cosine((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    // Each step doubles the digits, from three or more: five are more than enough, and always the same number gives the same bits.
    for (let step = 0; step < 6; step++) {
      let before = 0;
      let value = 1;
      for (let degree = 0; degree < count; degree++) {
        const next = ((2 * degree + 1) * root * value - degree * before) / (degree + 1);
        before = value;
        value = next;
      }
      slope = (count * (root * value - before)) / (root * root - 1);
      root -= value / slope;
    }
    points[i] = (1 - root) / 2;
    points[count - 1 - i] = (1 + root) / 2;
    weights[i] = 1 / ((1 - root * root) * slope * slope);
    weights[count - 1 - i] = weights[i]!;
  }
  return { points, weights };
}

/** By its series, for angles up to half a turn: the last bit of Math.cos differs between runtimes. */
function cosine(angle: number): number {
  let sum = 1;
  let term = 1;
  for (let i = 2; i < 60; i += 2) {
    term *= -(angle * angle) / (i * (i - 1));
    sum += term;
  }
  return sum;
}
