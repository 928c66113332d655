import type { Readable } from "node:stream";
import busboy from "busboy";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

/** A part of a form in the order in which it came. The bytes of a file must be read before the next part is asked for. */
export type FormPart =
  | { readonly kind: "field"; readonly name: string; readonly value: string }
  | {
      readonly kind: "file";
      readonly name: string;
      readonly filename: string | undefined;
      readonly bytes: AsyncIterable<Uint8Array>;
    };

/**
 * Reads multipart/form-data (RFC 7578) as it arrives, holding no more than a piece of it. Throws `multipart_malformed`, also when the closing
 * boundary never comes, and whatever reading `body` throws.
 */
export async function* readForm(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
): AsyncGenerator<FormPart, void, undefined> {
  const parser = createParser(contentType);
  const parts: FormPart[] = [];
  let failure: unknown;
  let finished = false;
  let wake = (): void => {};
  const fail = (error: unknown): void => {
    failure ??= error;
    wake();
  };
  parser.on("field", (name, value, info) => {
    if (info.valueTruncated || info.nameTruncated)
      fail(malformed(`A form field is longer than ${limits.formFieldBytes} bytes.`));
    parts.push({ kind: "field", name, value });
    wake();
  });
  parser.on("file", (name, stream, info) => {
    if (info.encoding === "base64" || info.encoding === "quoted-printable") {
      fail(malformed(`The file comes in the transfer encoding ${info.encoding}; send it as it is.`));
    }
    parts.push({ kind: "file", name, filename: info.filename, bytes: fileBytes(stream, () => failure) });
    wake();
  });
  parser.on("fieldsLimit", () => fail(malformed(`The form has more than ${limits.formFields} fields.`)));
  parser.on("filesLimit", () => fail(malformed("The form holds more than one file; upload one at a time.")));
  parser.on("error", (error) => fail(malformed(whatIsWrong(error), error)));
  parser.on("finish", () => {
    finished = true;
    wake();
  });
  void pump(body, parser).catch((error: unknown) => {
    fail(error);
    parser.destroy(asError(error));
  });
  try {
    for (;;) {
      if (failure !== undefined) throw failure;
      const part = parts.shift();
      if (part !== undefined) yield part;
      else if (finished) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    parser.destroy();
  }
}

function createParser(contentType: string): busboy.Busboy {
  try {
    return busboy({
      headers: { "content-type": contentType },
      // Browsers write names in UTF-8; busboy's default is Latin-1.
      defParamCharset: "utf8",
      limits: {
        files: 1,
        fields: limits.formFields,
        fieldSize: limits.formFieldBytes,
        fieldNameSize: 100,
        headerPairs: 50,
      },
    });
  } catch (cause) {
    throw malformed("The header content-type names no valid boundary.", cause);
  }
}

/** Writes piece by piece and waits while the parser is full. */
async function pump(body: AsyncIterable<Uint8Array>, parser: busboy.Busboy): Promise<void> {
  for await (const piece of body) {
    if (parser.destroyed) return;
    if (!parser.write(piece)) await drained(parser);
  }
  parser.end();
}

function drained(parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      parser.off("drain", done);
      parser.off("close", done);
      resolve();
    };
    parser.on("drain", done);
    parser.on("close", done);
  });
}

/** The file's bytes; a file that is cut off throws the form's failure, never its own. */
function fileBytes(stream: Readable, failure: () => unknown): AsyncIterable<Uint8Array> {
  // Without a listener the error of a file that nobody reads would end the process.
  stream.on("error", () => {});
  return readFile();

  async function* readFile(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const piece of stream) yield piece;
    } catch (error) {
      throw failure() ?? malformed("The form ends in the middle of the file.", error);
    }
  }
}

/** In words; busboy's own are its only sign. */
function whatIsWrong(error: unknown): string {
  const header = error instanceof Error && error.message === "Malformed part header";
  return header ? "The header of a part is malformed." : "The form ends before its closing boundary.";
}

function malformed(detail: string, cause?: unknown): RetainWiseError {
  return new RetainWiseError("multipart_malformed", detail, { cause });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("The body could not be read", { cause: error });
}
