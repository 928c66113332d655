import { listChanges } from "./changes.ts";
import { createComparisonsAtOnce } from "./comparisons-at-once.ts";
import { createUpload } from "./create-upload.ts";
import { listDeadLetters, redriveDeadLetters } from "./dead-letters.ts";
import { docsErrors, docsPage, docsStyle } from "./docs.ts";
import { downloadPredictions, downloadRejected } from "./downloads.ts";
import { type EventTimes, streamEvents } from "./events.ts";
import { getExplanation } from "./explanation.ts";
import { livez, readyz } from "./health.ts";
import { suggestMapping } from "./mappings.ts";
import { listModels } from "./models.ts";
import { openapi } from "./openapi.ts";
import { getPipeline } from "./pipeline.ts";
import { predict } from "./predict.ts";
import { getPrediction, getSummary, listPredictions } from "./predictions.ts";
import { deleteAllRemembered, deleteRemembered, listRemembered, putRemembered } from "./remembered-mappings.ts";
import { del, get, post, put, type Route } from "./route.ts";
import type { Services } from "./services.ts";
import { getTemplate, listTemplates } from "./templates.ts";
import { answerMapping, deleteUpload, getUpload, listUploads } from "./uploads.ts";

/** Every call of the API. The router and the documentation are both made from this table. */
export function createRoutes(services: Services, events: EventTimes): readonly Route[] {
  const atOnce = createComparisonsAtOnce();
  const routes: readonly Route[] = [
    post("/v1/uploads", createUpload(services)),
    get("/v1/uploads", listUploads(services)),
    get("/v1/uploads/{upload_id}", getUpload(services)),
    del("/v1/uploads/{upload_id}", deleteUpload(services)),
    get("/v1/uploads/{upload_id}/events", streamEvents(services, events)),
    post("/v1/uploads/{upload_id}/mapping", answerMapping(services)),
    get("/v1/uploads/{upload_id}/explanation", getExplanation(services)),
    get("/v1/uploads/{upload_id}/summary", getSummary(services, atOnce)),
    get("/v1/uploads/{upload_id}/changes", listChanges(services, atOnce)),
    get("/v1/uploads/{upload_id}/predictions", listPredictions(services)),
    get("/v1/uploads/{upload_id}/predictions.csv", downloadPredictions(services)),
    get("/v1/uploads/{upload_id}/rejected.csv", downloadRejected(services)),
    get("/v1/uploads/{upload_id}/predictions/{row}", getPrediction(services)),
    post("/v1/predict", predict(services)),
    post("/v1/mappings/suggest", suggestMapping(services)),
    get("/v1/mappings", listRemembered(services)),
    del("/v1/mappings", deleteAllRemembered(services)),
    put("/v1/mappings/{model}/{feature}", putRemembered(services)),
    del("/v1/mappings/{model}/{feature}", deleteRemembered(services)),
    get("/v1/templates", listTemplates(services)),
    get("/v1/templates/{name}.csv", getTemplate(services)),
    get("/v1/models", listModels(services)),
    get("/v1/health/pipeline", getPipeline(services)),
    get("/v1/dead-letters", listDeadLetters(services)),
    post("/v1/dead-letters/redrive", redriveDeadLetters(services)),
    get("/livez", livez()),
    get("/readyz", readyz(services)),
    get(
      "/openapi.json",
      openapi(() => routes),
    ),
    get(
      "/docs",
      docsPage(services, () => routes),
    ),
    get("/docs/errors", docsErrors()),
    get("/docs/style.css", docsStyle()),
  ];
  return routes;
}
