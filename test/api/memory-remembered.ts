import type { RememberedEntry, UploadStore } from "../../src/api/services.ts";

type Verbs = Pick<UploadStore, "listRemembered" | "rememberColumn" | "forgetColumn">;

/** What one tenant asked to have remembered. */
export function memoryRemembered(): Verbs {
  const remembered = new Map<string, RememberedEntry>();
  return {
    listRemembered: async () => [...remembered.values()],
    async rememberColumn(_tenant, model, feature, { column, unit }) {
      remembered.set(`${model} ${feature}`, { model, feature, column, unit, rememberedAt: new Date(0) });
    },
    forgetColumn: async (_tenant, model, feature) => remembered.delete(`${model} ${feature}`),
  };
}
