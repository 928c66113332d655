import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

/**
 * Bounds the files of one tenant that are on their way at the same time, in this process. The quotas are checked before a file is stored, and
 * none of these counts yet: without a bound a tenant could begin a thousand at once and have them all.
 */
export function createUploadsAtOnce(most: number = limits.tenantUploadsAtOnce) {
  const counts = new Map<string, number>();

  /** Throws `quota_exceeded` when the tenant has that many already. */
  return async <T>(tenantId: string, work: () => Promise<T>): Promise<T> => {
    const count = counts.get(tenantId) ?? 0;
    if (count >= most) throw new RetainWiseError("quota_exceeded", `${count} files are being received at once.`);
    counts.set(tenantId, count + 1);
    try {
      return await work();
    } finally {
      const left = (counts.get(tenantId) ?? 1) - 1;
      if (left > 0) counts.set(tenantId, left);
      else counts.delete(tenantId);
    }
  };
}
