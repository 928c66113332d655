import type { Schema } from "../../src/features/schema.ts";
import { forgetHeaders } from "./forget-headers.ts";
import { type JudgedHeader, judgeHeaders } from "./judge-headers.ts";
import type { LabelledHeader } from "./labelled-header.ts";

const folds = 5;

/** Every header judged by a schema that has not heard of it, nor of the other headers of its fold. */
export function judgeFolds(rows: readonly LabelledHeader[], schema: Schema): JudgedHeader[] {
  return Array.from({ length: folds }, (_, fold) => rows.filter((_row, i) => i % folds === fold)).flatMap((held) => {
    const headers = held.map((row) => row.header);
    return judgeHeaders(held, forgetHeaders(schema, headers), rows);
  });
}
