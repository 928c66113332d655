/** How columns become JavaScript values and back, beyond what postgres.js does by itself (numbers, booleans, JSON, timestamps). */
export const columnTypes = {
  /** bigint: a number; every one of ours is far below 2^53, and one that is not must not be rounded silently. */
  bigint: {
    to: 20,
    from: [20],
    serialize: (value: number): string => String(value),
    parse: (text: string): number => {
      const value = Number(text);
      if (!Number.isSafeInteger(value)) throw new Error("a bigint of the database is too large for a number");
      return value;
    },
  },
  /** date: yyyy-mm-dd as it is; a Date would add a time zone. */
  calendarDate: {
    to: 1082,
    from: [1082],
    serialize: (value: string): string => value,
    parse: (text: string): string => text,
  },
  /** double precision[], one dimension. Texts are the shortest that read back as the same number, both ways. */
  floats: {
    to: 1022,
    from: [1022],
    serialize: (values: readonly (number | null)[]): string => numberArray(values),
    parse: (text: string): (number | null)[] => {
      if (text === "{}") return [];
      const parts = text.slice(1, -1).split(",");
      const values: (number | null)[] = new Array(parts.length);
      for (let i = 0; i < parts.length; i++) values[i] = parts[i] === "NULL" ? null : Number(parts[i]);
      return values;
    },
  },
};

/** Literal of an array of numbers; Postgres reads NaN and Infinity by these names. Takes typed arrays too. */
export function numberArray(values: ArrayLike<number | null>): string {
  let literal = "{";
  for (let i = 0; i < values.length; i++) {
    if (i > 0) literal += ",";
    const value = values[i];
    literal += value === null || value === undefined ? "NULL" : Object.is(value, -0) ? "-0" : value;
  }
  return `${literal}}`;
}

/** Literal of an array of texts. */
export function textArray(values: readonly (string | null)[]): string {
  const parts: string[] = new Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    parts[i] =
      value === null || value === undefined ? "NULL" : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  }
  return `{${parts.join(",")}}`;
}

/**
 * Many short arrays as one long one and where each begins and ends in it (counted from 1, both inclusive, as `[from:to]` takes them). `unnest`
 * would flatten arrays within arrays, and reading each from a text of its own takes Postgres twice as long. A null becomes NaN: an
 * array with nulls would have to be searched from its beginning for every slice.
 */
export function joinedArrays(arrays: readonly ArrayLike<number | null>[]): { all: string; from: string; to: string } {
  const from: number[] = new Array(arrays.length);
  const to: number[] = new Array(arrays.length);
  let all = "{";
  let count = 0;
  for (let i = 0; i < arrays.length; i++) {
    const values = arrays[i]!;
    from[i] = count + 1;
    for (let k = 0; k < values.length; k++) {
      if (count++ > 0) all += ",";
      const value = values[k];
      all += value === null ? "NaN" : Object.is(value, -0) ? "-0" : value;
    }
    to[i] = count;
  }
  return { all: `${all}}`, from: numberArray(from), to: numberArray(to) };
}
