import type { BundleName } from "./bundle-source.ts";
import { ModelLoadError } from "./load-error.ts";

/** Which model is expected. A signature says that a bundle is genuine, and not that it is the one that should run here and now. */
export interface Admission {
  /** Name and version of the place it was found at, or null for a bundle that lies anywhere. */
  readonly place: BundleName | null;
  /** `name@version` of those that may score; null: every signed one. */
  readonly allowedVersions: readonly string[] | null;
  /** Digest under which this name and version is known already, or null. */
  readonly knownDigest: string | null;
}

export const anyBundle: Admission = { place: null, allowedVersions: null, knownDigest: null };

/** `signed` is what the signed schema says, `digest` that of the verified bundle. */
export function checkAdmission(signed: BundleName, digest: string, admission: Admission): void {
  const { place, allowedVersions, knownDigest } = admission;
  const called = `${signed.name}@${signed.version}`;
  if (place !== null && (place.name !== signed.name || place.version !== signed.version)) {
    throw new ModelLoadError("place_mismatch", `it is ${called} and lies at ${place.name}@${place.version}.`);
  }
  if (!mayScore(signed, allowedVersions)) {
    throw new ModelLoadError("version_not_allowed", `${called} is not among RETAINWISE_MODEL_VERSIONS.`);
  }
  if (knownDigest !== null && knownDigest !== digest) {
    throw new ModelLoadError("version_reused", `${called} was ${knownDigest} before and is ${digest} now.`);
  }
}

export function mayScore({ name, version }: BundleName, allowedVersions: readonly string[] | null): boolean {
  return allowedVersions === null || allowedVersions.includes(`${name}@${version}`);
}
