import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const mappingPage: ShowPage = () => ({ title: "mapping", section: null, main: html`<h1>mapping</h1>` });
