import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const problemsPage: ShowPage = () => ({ title: "problems", section: null, main: html`<h1>problems</h1>` });
