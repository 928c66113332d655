import type * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { type Body, readWhole } from "./body.ts";
import { findJsonError } from "./json-error.ts";
import { mediaTypeOf } from "./media-type.ts";
import { parseRequest } from "./parse-request.ts";

type Schema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

/**
 * The body as JSON in the shape of `schema`. Throws `unsupported_media_type`, `too_large`, `body_incomplete`, or `bad_request` with the place
 * of the first error in the text, or with a JSON pointer for each value that does not fit.
 */
export async function readJson<const S extends Schema>(
  request: Request,
  body: Body,
  schema: S,
): Promise<v.InferOutput<S>> {
  const type = mediaTypeOf(request);
  if (type !== "" && type !== "application/json" && !type.endsWith("+json")) {
    throw new RetainWiseError(
      "unsupported_media_type",
      `This call takes application/json, not ${type.slice(0, 100)}.`,
      {
        issues: [
          {
            code: "content_type",
            detail: "Send the header content-type: application/json.",
            parameter: "content-type",
          },
        ],
      },
    );
  }
  const text = decode(await readWhole(request, body, limits.jsonBodyBytes));
  return parseRequest(schema, parseText(text), "pointer");
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RetainWiseError("bad_request", "The JSON is not valid UTF-8.", { cause });
  }
}

function parseText(text: string): unknown {
  if (text.trim() === "") throw new RetainWiseError("bad_request", "The body is empty; JSON is expected.");
  try {
    return JSON.parse(text);
  } catch (cause) {
    const place = findJsonError(text);
    const where = place === null ? "" : ` at line ${place.line}, column ${place.column} (${place.what})`;
    throw new RetainWiseError("bad_request", `The body is not valid JSON${where}.`, { cause });
  }
}
