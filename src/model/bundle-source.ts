/** Where bundles come from. A source only lists and reads: what it gives is worth nothing before its signature is verified. */

/** A model of that name and version, as its place says; the signed schema must say the same. */
export interface BundleName {
  readonly name: string;
  /** `major.minor.patch`. */
  readonly version: string;
}

export interface BundlePlace extends BundleName {
  /**
   * Changes whenever the bundle's files do, as far as a listing shows. It saves reading again and proves nothing. Null: read every time.
   */
  readonly revision: string | null;
}

export interface BundleSource {
  /** Every bundle, by name and then by version, the newest of a name last. */
  list(): Promise<BundlePlace[]>;
  /**
   * All files of one bundle by name, at most `limits.bundleBytes`; nothing is interpreted. Throws ModelLoadError for what can be no bundle, and
   * `storage_unavailable` when the source does not answer.
   */
  read(place: BundleName): Promise<Map<string, Uint8Array>>;
  stop(): void;
}

const namePattern = /^[a-z][a-z0-9_]{0,63}$/;
const versionPattern = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/;

/** Whether a place can hold a bundle at all; whatever else lies beside bundles is none. */
export function isBundleName({ name, version }: BundleName): boolean {
  return namePattern.test(name) && versionPattern.test(version);
}

/** By name, then by version, the newest last. */
export function compareBundles(a: BundleName, b: BundleName): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return compareVersions(a.version, b.version);
}

/** Negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return 0;
}
