import type { Schema } from "../features/schema.ts";

export type RiskTier = "high" | "medium" | "low";

/** At or above a threshold of the schema counts as that tier. */
export function riskTier(schema: Schema, probability: number): RiskTier {
  if (probability >= schema.tiers.high) return "high";
  return probability >= schema.tiers.medium ? "medium" : "low";
}
