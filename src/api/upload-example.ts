/** What `GET /v1/uploads/{id}` answers, made up for the documentation. */
import { issueKinds } from "../issue-kinds.ts";
import { linksOf } from "./upload-view.ts";

export const uploadId = "0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10";
export const links = linksOf(uploadId);
export const model = { name: "telecom", version: "1.0.0", digest: "9f".repeat(32) };
export const rows = { read: 1200, scored: 1198, rejected: 2 };
export const tenureMapping = {
  feature: "tenure_months",
  column: "Months with us",
  confidence: 0.93,
  method: "fuzzy",
  transform: null,
  why: 'its name is one for "Tenure" but for words that usually add nothing, and its values fit',
};

export const upload = {
  upload_id: uploadId,
  filename: "customers.csv",
  status: "completed",
  created_at: "2026-03-02T09:14:00.000Z",
  started_at: "2026-03-02T09:14:00.400Z",
  completed_at: "2026-03-02T09:14:01.100Z",
  bytes: 148210,
  sha256: "3c".repeat(32),
  options: {
    model: null,
    mapping: null,
    units: null,
    constants: null,
    header_row: null,
    delimiter: null,
    decimal: null,
    as_of: null,
    priority: "normal",
  },
  rows,
  progress: 1,
  model,
  csv: { encoding: "utf-8", delimiter: ";", decimal: ",", header_row: 1 },
  columns: ["Customer ID", "Months with us", "Monthly fee", "Colour"],
  column_samples: [["C-1001", "C-1002"], ["4", "31"], ["79,90", "24,50"], ["red"]],
  mapping: [tenureMapping],
  constants: [],
  unmapped_columns: ["Colour"],
  missing_features: ["streaming_tv"],
  questions: [],
  columns_truncated: false,
  issues: [
    {
      code: "out_of_range",
      severity: "error",
      title: issueKinds.out_of_range.title,
      column: "Months with us",
      feature: "tenure_months",
      count: 2,
      message: '"Months with us" has values outside 0 to 1200; these rows are set aside.',
      rule: "a number from 0 to 1200",
      remedy: issueKinds.out_of_range.remedy,
      examples: [{ row: 17, value: "-4", customer_id: "C-1016" }],
    },
  ],
  issues_truncated: false,
  problems: [
    {
      cause: "out_of_range",
      severity: "error",
      title: issueKinds.out_of_range.title,
      remedy: issueKinds.out_of_range.remedy,
      codes: ["out_of_range"],
      columns: ["Months with us"],
      customers: 2,
      not_scored: { customers: 2, monthly_revenue: 158.4, revenue_known_for: 2 },
      issues: [0],
    },
  ],
  problems_truncated: false,
  not_scored: { customers: 2, monthly_revenue: 158.4, revenue_known_for: 2 },
  corrects: null,
  corrections: [],
  summary: { tiers: { high: 211, medium: 340, low: 647 } },
  error: null,
  links,
};
