import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { Schema } from "../../src/features/schema.ts";
import { repository } from "../parts.ts";

/** The schema of the shipped model, as its author signed it. */
export const shippedSchema: Schema = v.parse(
  Schema,
  JSON.parse(readFileSync(join(repository, "models/telecom/1.1.0/schema.json"), "utf8")),
);
