/** Style sheets and client scripts: plain files of this folder, sent as they are. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Assets {
  /** The answer to `GET /assets/{name}`; null where there is no such file. */
  answer(name: string, request: Request): Response | null;
}

interface Asset {
  readonly text: string;
  readonly etag: string;
  readonly type: string;
}

/** `sample`: the made-up customers that a first visitor may try. `folder` holds `styles/*.css`, which are sent as one sheet in the order of their names, `client/*.js` and `client/*.svg`. */
export async function readAssets(folder: string, sample: string): Promise<Assets> {
  const sheets = await readTexts(join(folder, "styles"), ".css");
  const scripts = await readTexts(join(folder, "client"), ".js");
  const pictures = await readTexts(join(folder, "client"), ".svg");
  const style = [...sheets.values()].join("\n");
  const assets = new Map<string, Asset>([
    ["style.css", asset(style, "text/css")],
    ["sample.csv", asset(await readFile(sample, "utf8"), "text/csv")],
    ...[...scripts].map(([name, text]) => [name, asset(text, "text/javascript")] as const),
    ...[...pictures].map(([name, text]) => [name, asset(text, "image/svg+xml")] as const),
  ]);
  return {
    answer(name, request) {
      const found = assets.get(name);
      if (found === undefined) return null;
      const headers = {
        "content-type": `${found.type}; charset=utf-8`,
        "cache-control": "no-cache",
        etag: found.etag,
      };
      if (request.headers.get("if-none-match") === found.etag) return new Response(null, { status: 304, headers });
      return new Response(found.text, { headers });
    },
  };
}

async function readTexts(folder: string, ending: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

function asset(text: string, type: string): Asset {
  return { text, type, etag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"` };
}
