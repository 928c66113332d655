import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const changesPage: ShowPage = () => ({ title: "changes", section: null, main: html`<h1>changes</h1>` });
