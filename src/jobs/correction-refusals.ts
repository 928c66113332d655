/** Why a corrected file is not merged, for a person. */
import { RetainWiseError } from "../errors.ts";
import type { UploadReport } from "../store/upload.ts";

export const refused = (detail: string): RetainWiseError => new RetainWiseError("correction_refused", detail);

export function otherModel(before: string, now: string): RetainWiseError {
  return refused(
    `Version ${before} of the model scored the first upload, and version ${now} scores now: their scores cannot stand in one list. Upload the whole file again.`,
  );
}

/** Columns and what is done to their values must be the same: a row read in another way has no place beside the others. */
export function refuseOtherReading(first: UploadReport, { mapping }: UploadReport): void {
  for (const { feature, column, transform } of mapping) {
    const before = first.mapping.find((each) => each.feature === feature);
    if (before === undefined)
      throw refused(
        `The column ${JSON.stringify(column)} is read as ${feature}, which the first upload had no column for.`,
      );
    if (before.transform !== transform)
      throw refused(
        `The values of ${JSON.stringify(column)} are read in another way than in the first upload (${transform ?? "as they are"}; there: ${before.transform ?? "as they are"}).`,
      );
  }
}
