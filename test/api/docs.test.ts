import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createApp } from "../../src/api/app.ts";
import { escapeHtml, prose } from "../../src/api/docs-layout.ts";
import { createRoutes } from "../../src/api/routes.ts";
import { errorKinds } from "../../src/error-kinds.ts";
import { issueKinds } from "../../src/issue-kinds.ts";
import { createMemoryServices } from "./memory-services.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("/docs", () => {
  let api: RunningApi;
  let page = "";
  let errors = "";
  before(async () => {
    api = await startApi();
    page = await (await api.call("/docs")).text();
    errors = await (await api.call("/docs/errors")).text();
  });
  after(() => api.stop());

  it("lists every call with its parameters and error codes", () => {
    const routes = createRoutes(api.services, {
      pollMilliseconds: 1,
      heartbeatMilliseconds: 1,
      stopping: new AbortController().signal,
    });
    for (const { path, operation } of routes) {
      assert.ok(page.includes(`id="${operation.id}"`), operation.id);
      assert.ok(page.includes(`<code>${path}</code>`), path);
      const article = page.slice(
        page.indexOf(`id="${operation.id}"`),
        page.indexOf("</article>", page.indexOf(`id="${operation.id}"`)),
      );
      for (const name of Object.keys({ ...operation.params?.entries, ...operation.query?.entries }))
        assert.ok(article.includes(`<code>${name}</code>`), name);
      for (const code of operation.problems) assert.ok(article.includes(`/docs/errors#${code}"`), code);
    }
  });

  it("explains every error code where a problem's type points to", () => {
    for (const [code, { title, status }] of Object.entries(errorKinds)) {
      assert.ok(errors.includes(`id="${code}"`), code);
      assert.ok(errors.includes(escapeHtml(title)), title);
      assert.ok(errors.includes(`>${status}</span>`));
    }
  });

  it("explains every issue of a file in the words of its table", () => {
    for (const [code, { title, remedy }] of Object.entries(issueKinds)) {
      assert.ok(errors.includes(`id="issue-${code}"`), code);
      assert.ok(errors.includes(escapeHtml(title)) && errors.includes(prose(remedy)), code);
    }
  });

  it("loads and runs files of its own only: nothing inline, nothing from elsewhere", async () => {
    for (const path of ["/docs", "/docs/errors"]) {
      const response = await api.call(path);
      assert.match(
        response.headers.get("content-security-policy") ?? "",
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none';/,
      );
      const html = await response.text();
      assert.ok(
        !/<script(?! type="module" src="\/assets\/docs\.js"><)|<img|<iframe|style="|onclick|@import|url\(/.test(html),
      );
      const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
      assert.deepEqual(
        loaded.filter((address) => !/^[/#]/.test(address) || address.startsWith("//")),
        [],
      );
    }
    const style = await api.call("/docs/style.css");
    assert.match(style.headers.get("content-type") ?? "", /^text\/css/);
    const css = await style.text();
    assert.ok(css.includes("light-dark(") && !/@import|url\(/.test(css));
  });

  it("shows every call as a command line for the address that it was asked under, with the place of a key where one is needed", async () => {
    assert.match(page, /curl -X DELETE http:\/\/[^ <]+\/v1\/uploads\/[0-9a-f-]+<\/code>/);
    assert.ok(!page.includes("Authorization: Bearer") && !page.includes("origin.invalid"));
    const services = createMemoryServices();
    const closed = createApp({ ...services, open: false });
    const asked = new Request("http://retain.example/docs", { headers: { "x-forwarded-proto": "https" } });
    const text = await (await closed.request(asked)).text();
    const call = '-H "Authorization: Bearer <span class="key">YOUR_KEY</span>" https://retain.example/v1/models<';
    assert.ok(text.includes(`curl ${call}`));
    assert.ok(text.includes("<code>curl https://retain.example/livez</code>"));
    assert.match(text, /<label for="key">/);
  });

  it("every link inside it leads to something", () => {
    const anchors = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    for (const [html, path] of [
      [page, "/docs"],
      [errors, "/docs/errors"],
    ] as const) {
      const targets = [...html.matchAll(/href="([^"]+)"/g)].map(([, address]) => address!);
      for (const target of targets.filter((address) => address.includes("#"))) {
        const [file, anchor] = target.split("#");
        const where = (file === "" ? path : file) === "/docs" ? page : errors;
        assert.ok(anchors(where).includes(anchor!), target);
      }
    }
  });

  it("text is never read as markup", () => {
    assert.equal(prose('a `<b>` & "c"'), "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;");
  });
});
