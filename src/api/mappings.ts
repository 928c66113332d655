import * as v from "valibot";
import { limits } from "../limits.ts";
import { type Body, readWhole } from "./body.ts";
import { examples } from "./examples.ts";
import { headProblems } from "./head-problems.ts";
import { readJson } from "./json-body.ts";
import { mediaTypeOf } from "./media-type.ts";
import { type Operation, operation } from "./operation.ts";
import { sendJson } from "./send-json.ts";
import type { Services } from "./services.ts";
import { csvMediaTypes } from "./upload-media.ts";
import { decimals, delimiters, ModelName, refuseCommaTwice, uploadFields } from "./upload-options.ts";
import { MappedColumn, MappingQuestion } from "./upload-view.ts";

const Cell = v.pipe(
  v.nullable(v.union([v.string(), v.number(), v.boolean()])),
  v.transform((cell) => (cell === null ? "" : String(cell))),
  v.string(),
);

/** Column names with some of their cells, row by row. */
export const ColumnSample = v.strictObject({
  columns: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(limits.headerCharacters))),
    v.minLength(1),
    v.maxLength(limits.columnsPerFile),
  ),
  sample: v.pipe(
    v.exactOptional(v.pipe(v.array(v.array(Cell)), v.maxLength(1_000)), () => []),
    v.description("Rows of cells in the order of the columns."),
  ),
});

export const MappingSuggestion = v.strictObject({
  csv: v.pipe(
    v.nullable(
      v.strictObject({ encoding: v.string(), delimiter: v.string(), decimal: v.string(), header_row: v.number() }),
    ),
    v.description("How the head was read; the whole file may say otherwise. Null where columns came by name."),
  ),
  preview: v.pipe(
    v.strictObject({ columns: v.array(v.string()), rows: v.array(v.array(v.string())) }),
    v.description("The first rows as they were understood; long values are cut."),
  ),
  mapping: v.array(
    v.strictObject({
      ...MappedColumn.entries,
      alternatives: v.pipe(
        v.array(v.string()),
        v.description("Other columns that could have been meant, the likeliest first."),
      ),
      why: v.string(),
    }),
  ),
  unmapped_columns: v.array(v.string()),
  missing_features: v.array(v.string()),
  refused_columns: v.pipe(
    v.array(v.strictObject({ feature: v.string(), column: v.string(), reason: v.string() })),
    v.description("Columns that look like a feature that is missing, and why they are not it."),
  ),
  questions: v.array(MappingQuestion),
});

/** POST /v1/mappings/suggest */
export function suggestMapping({ predictor, inspectHead }: Services): Operation {
  return operation(
    {
      id: "suggestMapping",
      group: "Mapping and templates",
      summary: "Suggest which column is which",
      description:
        "Takes the first rows of a CSV, or column names with sample cells, and says which column holds which feature, how sure that is and why. Nothing is stored.",
      body: [
        {
          media: "application/json",
          schema: ColumnSample,
          example: {
            columns: ["Customer ID", "Months with us", "Monthly fee"],
            sample: [
              ["C-1001", "4", "79.90"],
              ["C-1002", "31", "24.50"],
            ],
          },
        },
        ...csvMediaTypes.map((media) => ({
          media,
          schema: null,
          example: "Customer ID,Months with us,Monthly fee\r\nC-1001,4,79.90\r\n",
        })),
      ],
      answers: {
        200: { description: "The suggestion.", schema: MappingSuggestion, example: examples.mappingSuggestion },
      },
      problems: [
        "bad_request",
        "body_incomplete",
        "cross_origin",
        "too_large",
        "unsupported_media_type",
        ...headProblems,
        "model_not_found",
        "model_unavailable",
      ],
    },
    {
      query: v.strictObject({
        model: v.exactOptional(ModelName),
        delimiter: uploadFields.delimiter,
        decimal: uploadFields.decimal,
        header_row: uploadFields.header_row,
      }),
    },
    async ({ request, body, query: { model = null, header_row, ...said } }) => {
      const delimiter = said.delimiter && delimiters[said.delimiter];
      const decimal = said.decimal && decimals[said.decimal];
      refuseCommaTwice(delimiter, decimal);
      const read = await readHead(request, body, inspectHead);
      const head =
        "columns" in read
          ? read
          : {
              ...read,
              ...(delimiter === undefined ? {} : { delimiter }),
              ...(decimal === undefined ? {} : { decimal }),
              ...(header_row === undefined ? {} : { headerRow: header_row }),
            };
      const { csv, preview, mapping, unmapped_columns, missing_features, refused_columns, questions } =
        await predictor.suggestMapping({
          model,
          head,
        });
      return sendJson<typeof MappingSuggestion>({
        csv,
        preview,
        mapping: mapping.map(({ feature, column, confidence, method, transform, alternatives, why }) => ({
          feature,
          column,
          confidence,
          method,
          transform,
          alternatives,
          why,
        })),
        unmapped_columns,
        missing_features,
        refused_columns: [...refused_columns],
        questions,
      });
    },
  );
}

type Head = Parameters<Services["predictor"]["suggestMapping"]>[0]["head"];

async function readHead(request: Request, body: Body, inspectHead: Services["inspectHead"]): Promise<Head> {
  if (!csvMediaTypes.includes(mediaTypeOf(request))) return readJson(request, body, ColumnSample);
  const head = await readWhole(request, body, limits.jsonBodyBytes);
  inspectHead(head.subarray(0, limits.headBytes), head.length <= limits.headBytes);
  return { bytes: head };
}
