import { html } from "../html.ts";
import type { ShowPage } from "../page.ts";

export const uploadPage: ShowPage = () => ({ title: "upload", section: null, main: html`<h1>upload</h1>` });
