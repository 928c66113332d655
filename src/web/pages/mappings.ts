import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const mappingsPage: ShowPage = () => ({ title: "mappings", section: null, main: html`<h1>mappings</h1>` });
