/** Most numbers that are drawn: beyond it a file of which hardly a row was scored has a smaller sample. */
const mostDrawn = 65_536;

/**
 * Different whole numbers from `first` to `last`, drawn at random, in batches: the same ones for the same seed on every machine. Those of
 * them that turn out to be rows, taken in this order, are a uniform sample of the rows.
 */
export function* drawRows(first: number, last: number, seed: number, batch: number): Generator<number[]> {
  const span = last - first + 1;
  const random = mulberry32(seed);
  const drawn = span <= mostDrawn ? shuffled(span, random) : distinct(span, random);
  let next: number[] = [];
  for (const number of drawn) {
    next.push(first + number);
    if (next.length < batch) continue;
    yield next;
    next = [];
  }
  if (next.length > 0) yield next;
}

/** Fisher and Yates, from the front: what was given out is settled. */
function* shuffled(span: number, random: (below: number) => number): Generator<number> {
  const numbers = Uint32Array.from({ length: span }, (_, i) => i);
  for (let i = 0; i < span; i++) {
    const j = i + random(span - i);
    const number = numbers[j]!;
    numbers[j] = numbers[i]!;
    yield number;
  }
}

function* distinct(span: number, random: (below: number) => number): Generator<number> {
  const seen = new Set<number>();
  while (seen.size < mostDrawn) {
    const number = random(span);
    if (seen.has(number)) continue;
    seen.add(number);
    yield number;
  }
}

/** Tommy Ettinger's generator of 32 bits: a sample of customers needs no better one. */
function mulberry32(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
