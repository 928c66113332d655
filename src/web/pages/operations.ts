import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const operationsPage: ShowPage = () => ({ title: "operations", section: null, main: html`<h1>operations</h1>` });
