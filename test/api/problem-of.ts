import assert from "node:assert/strict";
import * as v from "valibot";
import { ProblemDocument } from "../../src/api/problem.ts";

/** The problem document of an answer, which must have that code. */
export async function problemOf(response: Response, code: string): Promise<ProblemDocument> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = v.parse(ProblemDocument, await response.json());
  assert.equal(problem.code, code, problem.detail);
  return problem;
}
