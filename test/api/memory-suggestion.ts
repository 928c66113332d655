import type { Predictor } from "../../src/api/services.ts";

/** What every head is answered. */
export const memorySuggestion: Awaited<ReturnType<Predictor["suggestMapping"]>> = {
  csv: null,
  preview: { columns: ["Months", "Colour", "Plan"], rows: [] },
  mapping: [
    {
      feature: "tenure",
      column: "Months",
      confidence: 0.8,
      method: "fuzzy",
      transform: null,
      alternatives: ["Age"],
      why: "Months means tenure.",
    },
  ],
  unmapped_columns: ["Colour"],
  missing_features: ["contract"],
  refused_columns: [],
  questions: [
    {
      feature: "contract",
      columns: ["Plan"],
      question: "Is Plan the contract?",
      plain: "Plan?",
      units: [],
      effect: null,
    },
  ],
};
