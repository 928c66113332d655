import { Change, ChangeContribution, ChangeList, ChangeSplit, ChangeTotals, EarlierUpload } from "./change-view.ts";
import { AcceptedUpload } from "./create-upload.ts";
import { UploadEvent } from "./events.ts";
import { Explanation } from "./explanation.ts";
import { Liveness, Readiness } from "./health.ts";
import { FileIssue, FileProblem, NotScored } from "./issue-view.ts";
import { ColumnSample, MappingSuggestion } from "./mappings.ts";
import { ModelList } from "./models.ts";
import { Mover, Movers } from "./movers.ts";
import { Pipeline } from "./pipeline.ts";
import { PredictAnswer, PredictRequest } from "./predict.ts";
import { Comparison, Prediction, PredictionList, PredictionWithAttributions } from "./prediction-view.ts";
import { UploadSummary } from "./predictions.ts";
import { ProblemDocument, ProblemIssue } from "./problem.ts";
import { Remembered, RememberedColumn, RememberedList } from "./remembered-mappings.ts";
import { TemplateList } from "./templates.ts";
import { MappedColumn, MappingQuestion, ModelId, Rows, UploadFailure, UploadLinks, UploadView } from "./upload-view.ts";
import { MappingAnswer, UploadList } from "./uploads.ts";

/** What is sent, by its name in the OpenAPI document. */
export const answerSchemas = {
  AcceptedUpload,
  Comparison,
  Explanation,
  Change,
  ChangeContribution,
  ChangeList,
  ChangeSplit,
  ChangeTotals,
  EarlierUpload,
  FileIssue,
  FileProblem,
  Liveness,
  MappedColumn,
  MappingQuestion,
  MappingSuggestion,
  ModelId,
  ModelList,
  Mover,
  Movers,
  NotScored,
  Pipeline,
  PredictAnswer,
  Prediction,
  PredictionList,
  PredictionWithAttributions,
  Problem: ProblemDocument,
  ProblemIssue,
  Readiness,
  Remembered,
  RememberedList,
  Rows,
  TemplateList,
  Upload: UploadView,
  UploadEvent,
  UploadFailure,
  UploadLinks,
  UploadList,
  UploadSummary,
} as const;

/** What is taken as JSON. */
export const requestSchemas = { ColumnSample, MappingAnswer, PredictRequest, RememberedColumn } as const;
