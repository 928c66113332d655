import type { ShowPage } from "./page.ts";
import { changesPage } from "./pages/changes.ts";
import { customerPage } from "./pages/customer.ts";
import { homePage } from "./pages/home.ts";
import { mappingPage } from "./pages/mapping.ts";
import { mappingsPage } from "./pages/mappings.ts";
import { operationsPage } from "./pages/operations.ts";
import { problemsPage } from "./pages/problems.ts";
import { uploadPage } from "./pages/upload.ts";

/** Every page by its address, as Hono writes it. */
export const pages: Readonly<Record<string, ShowPage>> = {
  "/": homePage,
  "/uploads/:upload_id": uploadPage,
  "/uploads/:upload_id/mapping": mappingPage,
  "/uploads/:upload_id/problems": problemsPage,
  "/uploads/:upload_id/customers/:row": customerPage,
  "/uploads/:upload_id/changes": changesPage,
  "/mappings": mappingsPage,
  "/operations": operationsPage,
};
