/**
 * Bundles on S3: `<prefix>/<name>/<version>/<file>`. The role needs s3:ListBucket on the bucket and s3:GetObject on its objects, nothing more.
 * A file is read as the version that was listed (`If-Match`), and what is verified is the very bytes that were read.
 */
import { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { awsClientOptions } from "../aws/client-options.ts";
import { withBodyDeadline } from "../aws/s3-deadline.ts";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { type BundleName, type BundlePlace, type BundleSource, compareBundles, isBundleName } from "./bundle-source.ts";
import { ModelLoadError } from "./load-error.ts";

export interface S3BundleOptions {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  /** Where and as whom; what is missing comes from the SDK's own environment. */
  readonly client?: Pick<S3ClientConfig, "region" | "endpoint" | "credentials" | "forcePathStyle">;
}

interface Listed {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

export function createS3Bundles({ bucket, prefix, client: where = {} }: S3BundleOptions): BundleSource {
  const { requestHandler, maxAttempts } = awsClientOptions({ requestMilliseconds: limits.s3TransferMilliseconds });
  const client = new S3Client({
    ...where,
    maxAttempts,
    requestHandler: withBodyDeadline(requestHandler, limits.s3TransferMilliseconds),
    // The signature covers every byte: a checksum of the transport adds nothing.
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const root = prefix === "" ? "" : `${prefix}/`;
  const folderOf = ({ name, version }: BundleName) => `${root}${name}/${version}/`;

  async function listObjects(folder: string): Promise<Listed[]> {
    const objects: Listed[] = [];
    let token: string | undefined;
    for (let page = 1; ; page++) {
      const request = { Bucket: bucket, Prefix: folder, ...(token === undefined ? {} : { ContinuationToken: token }) };
      const answer = await client.send(new ListObjectsV2Command(request));
      for (const { Key: key, Size: size, ETag: etag } of answer.Contents ?? []) {
        // A key that ends in a slash is how consoles show an empty folder.
        if (key !== undefined && !key.endsWith("/")) objects.push({ key, size: size ?? 0, etag: etag ?? "" });
      }
      token = answer.NextContinuationToken;
      if (token === undefined) return objects;
      if (page === limits.modelListPages) {
        throw new RetainWiseError("config_invalid", `RETAINWISE_MODELS: there are too many objects under ${folder}.`);
      }
    }
  }

  async function readObject({ key, size, etag }: Listed): Promise<Uint8Array> {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
    if (!(answer.Body instanceof Readable)) throw new Error("The answer to GetObject has no body.");
    const body = answer.Body;
    const bytes = new Uint8Array(size);
    let filled = 0;
    try {
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        if (filled + piece.byteLength > size) throw new Error("The object is longer than it was listed.");
        bytes.set(piece, filled);
        filled += piece.byteLength;
      }
    } finally {
      if (!body.readableEnded) body.destroy();
    }
    if (filled !== size) throw new Error("The object is shorter than it was listed.");
    return bytes;
  }

  return {
    list: () =>
      service(async () => {
        const revisions = new Map<string, BundleName & { lines: string[] }>();
        for (const { key, size, etag } of await listObjects(root)) {
          const [name = "", version = "", ...file] = key.slice(root.length).split("/");
          if (file.length === 0 || !isBundleName({ name, version })) continue;
          const place = revisions.get(`${name}/${version}`) ?? { name, version, lines: [] };
          revisions.set(`${name}/${version}`, place);
          place.lines.push(`${file.join("/")} ${size} ${etag}`);
        }
        const places = [...revisions.values()].map(
          ({ name, version, lines }): BundlePlace => ({ name, version, revision: lines.sort().join("\n") }),
        );
        return places.sort(compareBundles);
      }),
    read: (place) =>
      service(async () => {
        const folder = folderOf(place);
        const objects = await listObjects(folder);
        if (objects.length === 0) throw new ModelLoadError("bundle_incomplete", `there is nothing under ${folder}.`);
        if (objects.length > limits.bundleFiles) throw tooLarge(`${limits.bundleFiles} files`);
        if (objects.reduce((sum, { size }) => sum + size, 0) > limits.bundleBytes)
          throw tooLarge(`${limits.bundleBytes} bytes`);
        const files = new Map<string, Uint8Array>();
        for (const object of objects) {
          const name = object.key.slice(folder.length);
          if (name.includes("/"))
            throw new ModelLoadError("bundle_irregular", `${name} is not a plain file; a bundle is flat.`);
          files.set(name, await readObject(object));
        }
        return files;
      }),
    stop: () => client.destroy(),
  };
}

function tooLarge(most: string): ModelLoadError {
  return new ModelLoadError("bundle_too_large", `the bundle has more than ${most}.`);
}

async function service<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RetainWiseError) throw error;
    const changed = error instanceof Error && ["PreconditionFailed", "NoSuchKey"].includes(error.name);
    const detail = changed ? "The bundle changed while it was read." : "The models' storage cannot be read.";
    throw new RetainWiseError("storage_unavailable", detail, { cause: error });
  }
}
