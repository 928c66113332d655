import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const customerPage: ShowPage = () => ({ title: "customer", section: null, main: html`<h1>customer</h1>` });
