import type { BundleSource } from "./bundle-source.ts";
import { createFolderBundles } from "./folder.ts";

/** Where models lie, as the configuration says. */
export type ModelPlace =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string };

export async function openBundles(place: ModelPlace): Promise<BundleSource> {
  if (place.kind === "folder") return createFolderBundles(place.folder);
  // Loaded when asked for: the SDK is large, and a laptop never needs it.
  const { createS3Bundles } = await import("./s3.ts");
  return createS3Bundles(place);
}
