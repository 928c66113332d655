import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const homePage: ShowPage = () => ({ title: "home", section: null, main: html`<h1>home</h1>` });
