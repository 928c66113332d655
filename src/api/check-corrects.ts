import { RetainWiseError } from "../errors.ts";
import type { ModelFacts, Services } from "./services.ts";

/**
 * Refuses a file that corrects an upload which nothing can be merged with: `not_found`, for another tenant's as well, or `correction_refused`.
 * A model that cannot be used at the moment is no reason to refuse a file.
 */
export async function checkCorrects(
  { uploads, models }: Pick<Services, "uploads" | "models">,
  tenantId: string,
  corrects: string | undefined,
): Promise<void> {
  if (corrects === undefined) return;
  const first = await uploads.getUpload(tenantId, corrects);
  if (first === null) throw new RetainWiseError("not_found", "There is no upload with the id that corrects names.");
  const { status, options, model } = first;
  if (options.corrects !== undefined)
    throw refused(
      `That upload is a correction itself: correct the first one, ${options.corrects}, with the same file.`,
    );
  if (status === "failed")
    throw refused(
      "None of that upload's rows was scored, so there is nothing to merge with: upload this file without corrects.",
    );
  if (status !== "completed" || model === null)
    throw refused(`That upload's status is ${status}: it must be completed first.`);
  const now = modelIfAvailable(models, options.model ?? null);
  if (now !== null && now.digest !== model.digest)
    throw refused(
      `Version ${model.version} of the model scored that upload, and version ${now.version} scores now: upload the whole file again.`,
    );
}

const refused = (detail: string): RetainWiseError => new RetainWiseError("correction_refused", detail);

function modelIfAvailable(models: Services["models"], name: string | null): ModelFacts | null {
  try {
    return models.get(name);
  } catch {
    return null;
  }
}
