import type { UploadStore } from "../../src/api/services.ts";
import type { RememberedMapping } from "../../src/store/remembered-columns.ts";

/** Remembered mappings of one tenant. */
export function memoryRemembered(): Pick<UploadStore, "listRemembered" | "putRemembered" | "deleteRemembered"> {
  const remembered = new Map<string, RememberedMapping>();
  return {
    listRemembered: async () => [...remembered.values()],
    async putRemembered(_tenant, { model, feature }, { column, unit }) {
      const mapping = { model, feature, column, unit, rememberedAt: new Date(0) };
      remembered.set(`${model} ${feature}`, mapping);
      return mapping;
    },
    async deleteRemembered(_tenant, { model, feature }) {
      const gone = [...remembered].filter(
        ([, each]) => each.model === model && (feature ?? each.feature) === each.feature,
      );
      for (const [key] of gone) remembered.delete(key);
      return gone.length;
    },
  };
}
