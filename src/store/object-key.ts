/** Keys of stored objects: made of our ids only, so that none can lead elsewhere. */
import { RetainWiseError } from "../errors.ts";

/** The segments of a key: small letters, digits, `-`, `.`, parted by `/`; none begins with a dot. Fails on any other form. */
export function keySegments(key: string): string[] {
  const segments = key.split("/");
  if (key.length > 500 || !segments.every((segment) => /^[a-z0-9-][a-z0-9.-]*$/.test(segment))) {
    throw new RetainWiseError("internal", "A storage key has a form that is not allowed.");
  }
  return segments;
}
