import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { type Body, refuseDeclaredLength } from "./body.ts";
import { checkCorrects } from "./check-corrects.ts";
import { checkConstants, checkModelAndMapping } from "./feature-names.ts";
import { displayFilename } from "./filename.ts";
import { readForm } from "./multipart.ts";
import type { Services, UploadOptions } from "./services.ts";
import { removeFile, type StoredFile, storeFile } from "./store-file.ts";
import { uploadForm } from "./upload-media.ts";
import { parseUploadOptions } from "./upload-options.ts";

export interface ReceivedUpload {
  readonly file: StoredFile;
  readonly filename: string;
  readonly options: UploadOptions;
}

export interface UploadRequest {
  readonly request: Request;
  readonly body: Body;
  /** Options given in the address. */
  readonly given: readonly (readonly [name: string, value: string])[];
  readonly filename: string | undefined;
  readonly tenantId: string;
  /** Where the file goes; null: nowhere, it is only compared. */
  readonly objectKey: string | null;
}

/**
 * Takes the file and its options out of a request and stores the file. When it throws, nothing is left in the storage: the options that come
 * before the file are checked before anything is stored, and what a form says after it is checked when it comes.
 */
export async function receiveUpload(services: Services, upload: UploadRequest): Promise<ReceivedUpload> {
  const isForm = uploadForm(upload.request) === "multipart";
  refuseDeclaredLength(upload.request, limits.uploadBytes, isForm ? limits.formFields * limits.formFieldBytes : 0);
  return isForm ? receiveForm(services, upload) : receiveRaw(services, upload);
}

async function receiveRaw(services: Services, upload: UploadRequest): Promise<ReceivedUpload> {
  const { body, given, filename, tenantId, objectKey } = upload;
  const options = await checkedOptions(services, upload, given);
  const file = await storeFile(services, body, tenantId, objectKey);
  return { file, filename: displayFilename(filename), options };
}

async function receiveForm(services: Services, upload: UploadRequest): Promise<ReceivedUpload> {
  const given = [...upload.given];
  let file: StoredFile | null = null;
  let filename = upload.filename;
  try {
    for await (const part of readForm(upload.body, upload.request.headers.get("content-type") ?? "")) {
      if (part.kind === "field") {
        if (part.name === "file") throw formError("The field file holds text; send it as a file, with a file name.");
        given.push([part.name, part.value]);
        if (file !== null) await checkedOptions(services, upload, given);
        continue;
      }
      if (part.name !== "file")
        throw formError("The form's file is in another field; it belongs in the field named file.");
      await checkedOptions(services, upload, given);
      filename = part.filename ?? filename;
      file = await storeFile(services, part.bytes, upload.tenantId, upload.objectKey);
    }
    if (file === null) throw formError("The form holds no file; it belongs in the field named file.");
    return { file, filename: displayFilename(filename), options: await checkedOptions(services, upload, given) };
  } catch (error) {
    await removeFile(services, file);
    throw error;
  }
}

async function checkedOptions(
  services: Services,
  { tenantId, objectKey }: UploadRequest,
  given: UploadRequest["given"],
): Promise<UploadOptions> {
  const options = parseUploadOptions(given);
  checkModelAndMapping(services, options.model, options.mapping, options.units);
  checkConstants(services, options.model, options.constants, options.mapping);
  // A repetition is compared with the upload that the first request made.
  if (objectKey !== null) await checkCorrects(services, tenantId, options.corrects);
  return options;
}

function formError(detail: string): RetainWiseError {
  return new RetainWiseError("multipart_malformed", detail);
}
