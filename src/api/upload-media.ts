import { RetainWiseError } from "../errors.ts";
import { mediaTypeOf } from "./media-type.ts";

/** What spreadsheets and browsers call a CSV; whether it is one is judged by its content. */
export const csvMediaTypes = [
  "text/csv",
  "application/csv",
  "text/plain",
  "text/tab-separated-values",
  "application/vnd.ms-excel",
  "application/octet-stream",
];

const knownOthers = [
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "an Excel workbook (xlsx)"],
  ["application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (ods)"],
  ["application/zip", "a zip archive"],
  ["application/x-zip-compressed", "a zip archive"],
  ["application/gzip", "a gzip archive"],
  ["application/x-gzip", "a gzip archive"],
  ["application/pdf", "a PDF"],
] as const;

/** How the file comes. Throws `not_csv` or `unsupported_media_type` for what is announced as something else. */
export function uploadForm(request: Request): "multipart" | "raw" {
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity")
    throw unsupported(
      "content-encoding",
      `The content encoding ${encoding.slice(0, 50)} is not accepted; send the CSV as it is.`,
    );
  const type = mediaTypeOf(request);
  if (type === "multipart/form-data") return "multipart";
  if (type === "" || csvMediaTypes.includes(type)) return "raw";
  const other = knownOthers.find(([name]) => name === type);
  if (other !== undefined) throw new RetainWiseError("not_csv", `The body is announced as ${other[1]}.`);
  const hint =
    type === "application/x-www-form-urlencoded"
      ? " With curl: -F file=@customers.csv, or --data-binary with -H 'content-type: text/csv'."
      : "";
  throw unsupported("content-type", `The content type ${type.slice(0, 100)} is not accepted.${hint}`);
}

function unsupported(parameter: string, detail: string): RetainWiseError {
  return new RetainWiseError("unsupported_media_type", detail, {
    issues: [{ code: "unsupported", detail, parameter }],
  });
}
