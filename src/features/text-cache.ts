/** Numbers the different texts it has seen, from 0, without making a string for one it knows. */
export interface TextCache {
  /** Number of the text in [start, end), or -1. */
  find(text: string, start: number, end: number): number;
  /** Numbers a new text, or -1 when the cache is full. */
  add(value: string): number;
  /** Known texts by number. */
  readonly texts: readonly string[];
}

/** At most `capacity` texts, of at most 255 characters each. */
export function createTextCache(capacity: number): TextCache {
  let size = 4;
  while (size < capacity * 4) size *= 2;
  const slots = new Int32Array(size);
  const texts: string[] = [];
  const mask = size - 1;
  // The texts once more, as numbers one after the other: an array is read faster than a string.
  let codes = new Uint16Array(64);
  const from = new Int32Array(capacity + 1);
  /** Per length: 1 + number of the text found last, or 0. */
  const recent = new Int32Array(32);

  /** Whether the text at `start` begins with the known one. */
  function isText(number: number, text: string, start: number): boolean {
    const end = from[number + 1]!;
    let i = from[number]!;
    for (let at = start; i < end && text.charCodeAt(at) === codes[i]; i++) at++;
    return i === end;
  }

  function keep(own: string): void {
    const first = from[texts.length]!;
    const end = first + own.length;
    if (end > codes.length) {
      const grown = new Uint16Array(2 * end);
      grown.set(codes);
      codes = grown;
    }
    for (let i = 0; i < own.length; i++) codes[first + i] = own.charCodeAt(i);
    texts.push(own);
    from[texts.length] = end;
  }

  return {
    texts,
    find(text, start, end) {
      const length = end - start;
      // A column has few texts, and most of them have a length of their own: the last one of this length is tried first.
      const guess = length < recent.length ? recent[length]! : 0;
      if (guess !== 0 && isText(guess - 1, text, start)) return guess - 1;
      for (let slot = slotOf(text, start, end) & mask; ; slot = (slot + 1) & mask) {
        const number = slots[slot]! - 1;
        if (number < 0) return -1;
        if (from[number + 1]! - from[number]! !== length || !isText(number, text, start)) continue;
        if (length < recent.length) recent[length] = number + 1;
        return number;
      }
    },
    add(value) {
      if (texts.length >= capacity || value.length > 255) return -1;
      // A slice would keep the whole block it was cut from alive.
      const own = ownCopy(value);
      let slot = slotOf(own, 0, own.length) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      keep(own);
      slots[slot] = texts.length;
      return texts.length - 1;
    },
  };
}

/** Length and three characters: the comparison that follows reads the rest anyway. */
function slotOf(text: string, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return 0;
  const first = text.charCodeAt(start);
  const middle = text.charCodeAt(start + (length >> 1));
  const last = text.charCodeAt(end - 1);
  const hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(middle, 0x85ebca6b) ^ Math.imul(last, 0xc2b2ae35) ^ length;
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A string that shares no memory with the one it was sliced from. */
export function ownCopy(value: string): string {
  let copy = "";
  for (let i = 0; i < value.length; i++) copy += String.fromCharCode(value.charCodeAt(i));
  return copy;
}
