import { hashText } from "./distinct-counter.ts";

/** Remembers texts by a 64-bit hash (a false "seen" among two million has a chance of about 1e-7). */
export interface SeenTexts {
  /** Whether the text was there before; beyond the capacity new texts are no longer remembered. */
  add(text: string): boolean;
  /** Texts that were not there before and are not remembered either. */
  readonly forgotten: number;
}

/** Eight bytes a text, twice over for speed; grows up to `capacity` texts. */
export function createSeenTexts(capacity: number): SeenTexts {
  let size = 1024;
  let high = new Uint32Array(size);
  let low = new Uint32Array(size);
  let count = 0;
  let forgotten = 0;

  function place(a: number, b: number): boolean {
    for (let slot = a & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      if (high[slot] === 0 && low[slot] === 0) {
        if (count >= capacity) {
          forgotten++;
          return false;
        }
        high[slot] = a;
        low[slot] = b;
        count++;
        return false;
      }
      if (high[slot] === a && low[slot] === b) return true;
    }
  }

  function grow(): void {
    const [oldHigh, oldLow] = [high, low];
    size *= 2;
    high = new Uint32Array(size);
    low = new Uint32Array(size);
    count = 0;
    for (let i = 0; i < oldHigh.length; i++) if (oldHigh[i] !== 0 || oldLow[i] !== 0) place(oldHigh[i]!, oldLow[i]!);
  }

  return {
    get forgotten() {
      return forgotten;
    },
    add(text) {
      if (count * 2 > size && size < capacity * 2) grow();
      const a = hashText(text, 0, text.length, 0x811c9dc5);
      // Zero twice means "free".
      return place(a, hashText(text, 0, text.length, 0x2545f491) || 1);
    },
  };
}
