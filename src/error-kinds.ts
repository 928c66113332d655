/**
 * Every error code, and what follows from it. `code`, `fault` and `retryable` alone decide what happens: the HTTP status here, the
 * settlement of a message in `queue/settlement.ts`.
 */
export interface ErrorKind {
  /** HTTP status when it is the answer to a request. */
  readonly status: number;
  /** Who can mend it: the caller, or we. */
  readonly fault: "client" | "server";
  /** Whether the same work may succeed later without change. */
  readonly retryable: boolean;
  /** What it is, for a person; the same words in REST, command line and docs. */
  readonly title: string;
  /** What to do next, for a person. */
  readonly remedy: string;
}

const client = (status: number, title: string, remedy: string): ErrorKind => ({
  status,
  fault: "client",
  retryable: false,
  title,
  remedy,
});
const server = (status: number, retryable: boolean, title: string, remedy: string): ErrorKind => ({
  status,
  fault: "server",
  retryable,
  title,
  remedy,
});

export const errorKinds = {
  // The file, as bytes.
  empty_file: client(
    422,
    "The file is empty",
    "Export the customers again and check that the file has content before you upload it.",
  ),
  no_header: client(
    422,
    "The file has no header row",
    "Put the column names in the first row; GET /v1/templates shows how.",
  ),
  no_data_rows: client(
    422,
    "The file has a header but no customers",
    "Add at least one row below the header and upload the file again.",
  ),
  not_csv: client(
    415,
    "The file is not a CSV",
    "Save it as CSV (in Excel: File, Save as, CSV UTF-8) and upload that file.",
  ),
  unsupported_media_type: client(
    415,
    "The request's content type is not accepted",
    "Send multipart/form-data with a field named file, or the CSV itself as text/csv.",
  ),
  too_large: client(413, "The file is larger than the limit", "Split the file into smaller ones and upload each."),
  multipart_malformed: client(
    400,
    "The upload form is malformed or was cut off",
    "Send multipart/form-data with one field named file, complete to its closing boundary.",
  ),
  body_incomplete: client(
    400,
    "The upload ended before the file was complete",
    "Check the connection and upload the file again.",
  ),
  csv_malformed: client(422, "The CSV cannot be read", "Mend the place named in the detail and upload the file again."),
  csv_encoding: client(
    422,
    "The file's text encoding cannot be read",
    "Save the file as CSV UTF-8 and upload it again.",
  ),
  csv_truncated: client(
    422,
    "The file ends in the middle of a record",
    "The export was probably cut off: export it again and upload the complete file.",
  ),
  too_many_rows: client(
    422,
    "The file has more rows than the limit",
    "Split the file into smaller ones and upload each.",
  ),
  too_many_columns: client(
    422,
    "The file has more columns than the limit",
    "Remove columns that the model does not use; GET /v1/templates lists those it does.",
  ),
  cell_too_long: client(
    422,
    "A cell is longer than the limit",
    "Shorten the cell named in the detail, or check for a quotation mark that is never closed.",
  ),
  duplicate_columns: client(
    422,
    "Two columns have the same name",
    "Rename or remove one of the columns named in the detail, or say which one to use with mapping.",
  ),
  required_columns_missing: client(
    422,
    "A column that the model needs is missing or not certain",
    "Add the column, or say with mapping which column of yours holds it.",
  ),
  all_rows_rejected: client(
    422,
    "No row could be scored",
    "Download rejected.csv: it says for each row what is wrong. Correct it and upload it again.",
  ),
  correction_refused: client(
    409,
    "The file cannot be merged with the upload that it corrects",
    "Do what the detail says, or upload the file without corrects: then it is scored on its own.",
  ),
  comparison_too_large: client(
    422,
    "The two uploads have more rows than are compared",
    "Compare smaller uploads: split the files, for example by region, and upload each.",
  ),
  card_numbers: client(
    422,
    "The file has full payment card numbers",
    "Delete the column named in the detail, or export again without it, and upload that file. The refused file is not kept.",
  ),
  mapping_invalid: client(
    422,
    "The mapping does not fit the file or the model",
    "Use feature names of GET /v1/models and column names exactly as in the file's header.",
  ),
  deadline_exceeded: {
    status: 422,
    fault: "server",
    retryable: false,
    title: "The file took longer than a job may take",
    remedy: "Split the file into smaller ones and upload each.",
  },
  poison: {
    status: 422,
    fault: "server",
    retryable: false,
    title: "Processing this file failed again and again",
    remedy: "We keep the file for examination. Contact the operator with the upload_id.",
  },
  expired: {
    status: 422,
    fault: "server",
    retryable: false,
    title: "The file waited too long to be processed",
    remedy: "Upload it again; tell the operator when it happens twice.",
  },
  // Who asks.
  unauthenticated: client(
    401,
    "This call needs a valid key or token",
    "Send the header Authorization: Bearer KEY; the operator makes keys with `bun src/cli.ts key create`.",
  ),
  rate_limited: client(
    429,
    "Too many requests",
    "Wait for the seconds in Retry-After; the RateLimit headers say how many requests are left.",
  ),
  quota_exceeded: client(
    429,
    "The account holds or waits for too much",
    "Wait until uploads have been processed, or delete uploads that are no longer needed.",
  ),
  tenant_not_found: client(404, "There is no such tenant", "Run `bun src/cli.ts tenant list` for the tenants."),
  key_not_found: client(404, "There is no such key in use", "Run `bun src/cli.ts key list` for the keys."),
  identity_unavailable: server(
    503,
    true,
    "The identity provider does not answer",
    "Check RETAINWISE_JWT_KEYS and that this machine can reach it.",
  ),
  // The request.
  bad_request: client(
    400,
    "The request cannot be understood",
    "Correct what the detail names; /docs shows the form of each call.",
  ),
  not_found: client(404, "There is nothing at this address", "Check the address and the id; /docs lists the calls."),
  method_not_allowed: client(405, "This address does not take that method", "/docs lists the calls and their methods."),
  cross_origin: client(
    403,
    "Pages of other sites may not change anything here",
    "Call the API from a program of your own, or from the pages that it serves.",
  ),
  not_ready: client(
    409,
    "The upload has not reached the state that this call needs",
    "Wait until the upload's status allows it; GET /v1/uploads/{id} or its events show the status.",
  ),
  idempotency_conflict: client(
    422,
    "This Idempotency-Key was used with another request",
    "Use a new Idempotency-Key for a new request.",
  ),
  interactions_too_costly: client(
    422,
    "The model is too large for interactions on request",
    "Ask for the prediction without interactions: every other part of the explanation is there.",
  ),
  too_many_customers: client(
    413,
    "More customers than one call takes",
    "Send at most the number in the detail per call, or upload a file.",
  ),
  // The command line.
  usage: client(
    400,
    "The command line cannot be understood",
    "Run `bun src/cli.ts help` for the commands and their options.",
  ),
  file_unreadable: client(422, "The file cannot be opened", "Check the path and your permission to read it."),
  file_unwritable: client(
    422,
    "The result cannot be written",
    "Check that the folder exists, that you may write there, and the free space.",
  ),
  // The model.
  model_not_found: client(422, "There is no model of that name", "GET /v1/models lists the models."),
  model_unavailable: server(
    503,
    true,
    "The model cannot be used",
    "Run `bun src/cli.ts model verify DIR` on the bundle's folder; it names the reason.",
  ),
  // Ours.
  home_in_use: server(
    503,
    false,
    "Another process uses this data folder",
    "Stop the other process, or set RETAINWISE_HOME to another folder.",
  ),
  database_unavailable: server(
    503,
    true,
    "The database does not answer",
    "Check that it runs and that RETAINWISE_DATABASE_URL is right.",
  ),
  storage_unavailable: server(
    503,
    true,
    "The file storage does not answer",
    "Check RETAINWISE_STORAGE and the free space.",
  ),
  object_corrupt: server(
    500,
    false,
    "The stored file is not the one that was uploaded",
    "Upload the file again; tell the operator that storage returned other bytes.",
  ),
  queue_unavailable: server(503, true, "The queue does not answer", "Check RETAINWISE_QUEUE."),
  overloaded: server(503, true, "Too much work is waiting", "Try again after the time in Retry-After."),
  config_invalid: server(500, false, "The configuration is wrong", "Correct the variable named in the detail."),
  not_alive: server(
    503,
    true,
    "The service is not alive",
    "Look at what its log said last; whatever watches over it starts it again.",
  ),
  lease_lost: server(503, true, "Another worker took over this job", "Nothing: the other worker completes it."),
  internal: server(
    500,
    true,
    "Something went wrong on our side",
    "Try again; if it stays, tell the operator the instance in this answer.",
  ),
} as const satisfies Record<string, ErrorKind>;
