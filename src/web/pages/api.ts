import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const apiPage: ShowPage = () => ({ title: "api", section: null, main: html`<h1>api</h1>` });
