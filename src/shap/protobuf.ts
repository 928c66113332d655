import { ModelRefusal } from "./refusal.ts";

/** Wire types of protobuf that occur in ONNX. https://protobuf.dev/programming-guides/encoding/ */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** What may still be read; shared by all readers of one file, so nesting cannot multiply it. */
export interface ReadBudget {
  /** Messages, strings and list entries that may still be made. */
  values: number;
}

/** A strict reader of one message: reads no byte outside its window and makes nothing that the budget does not cover. */
export interface MessageReader {
  /** Number of the next field, or 0 at the end of the message. */
  next(): number;
  /** Signed 64-bit integer as a number; refuses what a number cannot hold exactly. */
  integer(): number;
  float(): number;
  text(): string;
  raw(): Uint8Array;
  message(): MessageReader;
  /** Appends one value, or all of a packed list. */
  integers(into: number[]): void;
  floats(into: number[]): void;
  doubles(into: number[]): void;
  /** Passes over the field, whatever it holds. */
  skip(): void;
}

export function createMessageReader(bytes: Uint8Array, budget: ReadBudget): MessageReader {
  return messageReader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength, budget);
}

// ignoreBOM keeps a leading U+FEFF: names must stay the bytes that they are.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function messageReader(view: DataView, start: number, end: number, budget: ReadBudget): MessageReader {
  let at = start;
  let field = 0;
  let type = 0;

  const spend = (count: number): void => {
    budget.values -= count;
    if (budget.values < 0) throw new ModelRefusal("too_many_values", "the file holds more values than the budget");
  };
  const need = (count: number): number => {
    if (count > end - at) throw new ModelRefusal("truncated", `field ${field} goes past the end at byte ${end}`);
    const from = at;
    at += count;
    return from;
  };
  const expect = (wanted: number): void => {
    if (type !== wanted) throw new ModelRefusal("wire_type", `field ${field} has wire type ${type}, not ${wanted}`);
  };
  /** The low and high 32 bits of a varint, as a signed 64-bit number. */
  const varint = (): number => {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = view.getUint8(need(1));
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else {
        if (bits > 1) throw new ModelRefusal("varint", `field ${field} holds more than 64 bits`);
        high |= bits << 31;
      }
      if (byte < 0x80) return signed(low, high, field);
    }
    throw new ModelRefusal("varint", `field ${field} is longer than ten bytes`);
  };
  const length = (): number => {
    const count = varint();
    if (count < 0 || count > end - at)
      throw new ModelRefusal("truncated", `field ${field} goes past the end at byte ${end}`);
    return count;
  };
  /** Calls `one` once, or until the packed list ends. */
  const list = (single: number, one: () => void): void => {
    if (type === single) {
      spend(1);
      one();
      return;
    }
    expect(wire.bytes);
    const count = length();
    const until = at + count;
    const outer = end;
    end = until;
    while (at < until) {
      spend(1);
      one();
    }
    end = outer;
  };

  return {
    next() {
      if (at === end) return 0;
      field = 0;
      const key = varint();
      field = Math.floor(key / 8);
      type = key % 8;
      if (field < 1 || field > 0x1fffffff)
        throw new ModelRefusal("wire_type", `a field number of ${field} before byte ${at}`);
      return field;
    },
    integer() {
      expect(wire.varint);
      return varint();
    },
    float() {
      expect(wire.fixed32);
      return view.getFloat32(need(4), true);
    },
    text() {
      expect(wire.bytes);
      spend(1);
      const count = length();
      const from = need(count);
      try {
        return utf8.decode(new Uint8Array(view.buffer, view.byteOffset + from, count));
      } catch {
        throw new ModelRefusal("text", `field ${field} is not UTF-8`);
      }
    },
    raw() {
      expect(wire.bytes);
      spend(1);
      const count = length();
      return new Uint8Array(view.buffer, view.byteOffset + need(count), count);
    },
    message() {
      expect(wire.bytes);
      spend(1);
      const count = length();
      const from = need(count);
      return messageReader(view, from, from + count, budget);
    },
    integers: (into) => list(wire.varint, () => into.push(varint())),
    floats: (into) => list(wire.fixed32, () => into.push(view.getFloat32(need(4), true))),
    doubles: (into) => list(wire.fixed64, () => into.push(view.getFloat64(need(8), true))),
    skip() {
      if (type === wire.varint) varint();
      else if (type === wire.fixed64) need(8);
      else if (type === wire.fixed32) need(4);
      else if (type === wire.bytes) need(length());
      else throw new ModelRefusal("wire_type", `field ${field} has wire type ${type}`);
    },
  };
}

function signed(low: number, high: number, field: number): number {
  const value = (high | 0) * 4294967296 + (low >>> 0);
  if (!Number.isSafeInteger(value)) throw new ModelRefusal("varint", `field ${field} is beyond 2^53`);
  return value;
}
