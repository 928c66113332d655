/** What is measured of the loading of models. */
import type { RetainWiseError } from "../errors.ts";
import type { ModelMeasures } from "../inference/loaded-models.ts";
import type { modelFaults } from "./catalogue.ts";
import type { Metrics } from "./metrics.ts";

type Fault = (typeof modelFaults)[number];

/** Reasons of a refusal (`model/load-error.ts`) by kind; what is not named here lies in the graph. */
const faults: Readonly<Record<string, Fault>> = {
  bundle_incomplete: "files",
  bundle_irregular: "files",
  bundle_too_large: "files",
  schema_invalid: "files",
  signature_missing: "signature",
  signature_malformed: "signature",
  signature_untrusted: "signature",
  signature_invalid: "signature",
  digest_mismatch: "signature",
  file_unsigned: "signature",
  file_name_invalid: "signature",
  place_mismatch: "version",
  version_not_allowed: "version",
  version_reused: "version",
  background_invalid: "behaviour",
  session_failed: "behaviour",
  golden_mismatch: "behaviour",
};

export function measureModels({ pipeline }: Metrics): ModelMeasures {
  return {
    loaded: (version, seconds) => pipeline.record("ModelLoadDuration", seconds, { ModelVersion: version }),
    refused: (error) => pipeline.count("ModelLoadFailure", { Reason: faultOf(error) }),
  };
}

function faultOf({ code, issues }: RetainWiseError): Fault {
  if (code !== "model_unavailable") return "unreachable";
  return faults[issues[0]?.code ?? ""] ?? "graph";
}
