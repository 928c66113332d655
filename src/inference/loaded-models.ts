/**
 * The models that this process holds. For each name the newest version that may score serves; versions before it present the results that they
 * made. The version that serves never goes down: what vanishes, is tampered with or is older leaves it where it is.
 */

import type { ModelFacts, Models } from "../api/services.ts";
import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import { readConstants } from "../features/constants.ts";
import type { Schema } from "../features/schema.ts";
import { templatesOf } from "../features/template.ts";
import { limits } from "../limits.ts";
import { mayScore } from "../model/admission.ts";
import { type BundlePlace, type BundleSource, compareVersions } from "../model/bundle-source.ts";
import { defaultModel } from "../model/default-model.ts";
import type { ModelInfo } from "../model/load.ts";
import type { Log } from "../telemetry/logger.ts";
import type { Inference } from "./client.ts";
import { presentDetail, presentPrediction } from "./present.ts";
import { presentExplanation } from "./present-explanation.ts";
import { presentInteractions } from "./present-interactions.ts";
import { createResultLine, resultColumns } from "./result-line.ts";

export interface LoadedModelsDeps {
  readonly source: BundleSource;
  readonly inference: Pick<Inference, "load" | "unload">;
  readonly log: Log;
  /** Milliseconds. */
  readonly clock?: () => number;
  readonly measure?: ModelMeasures;
}

/** Told of every bundle that was read; returns at once and never throws. */
export interface ModelMeasures {
  loaded(version: string, seconds: number): void;
  refused(error: RetainWiseError): void;
}

export interface LoadedModelsOptions {
  readonly pinnedKeys: readonly string[];
  readonly wasm: Uint8Array;
  /** `name@version` of those that may score; null: every signed one. */
  readonly allowedVersions: readonly string[] | null;
}

export interface LoadedFacts extends ModelFacts {
  readonly schema: Schema;
}

export interface LoadedModels extends Models {
  byDigest(digest: string): LoadedFacts;
  /**
   * Takes up what the source holds now; one look at a time. True: all that is listed was read. False: something did not answer, look again
   * soon. Throws `config_invalid` only.
   */
  look(): Promise<boolean>;
}

/** What the last look made of one place. */
interface Seen {
  readonly revision: string | null;
  readonly refusal: RetainWiseError | null;
}

export function createLoadedModels(deps: LoadedModelsDeps, options: LoadedModelsOptions): LoadedModels {
  const { source, inference, log, clock = () => performance.now() } = deps;
  const { pinnedKeys, wasm, allowedVersions } = options;
  const seen = new Map<string, Seen>();
  const digests = new Map<string, string>();
  const facts = new Map<string, LoadedFacts>();
  const serving = new Map<string, ModelFacts>();
  /** Loaded versions that were superseded, and since when. */
  const retired = new Map<string, number>();
  const missing = new Set<string>();
  let unlisted: RetainWiseError | null = null;

  const list = async (): Promise<BundlePlace[] | null> => {
    try {
      const places = await source.list();
      unlisted = null;
      return places;
    } catch (caught) {
      const error = toRetainWiseError(caught);
      if (unlisted === null) log("models.unreachable", { code: error.code, problem: error.detail });
      unlisted = error;
      if (error.code === "config_invalid") throw error;
      return null;
    }
  };

  /** False when the source did not answer. */
  const take = async (place: BundlePlace, purpose: "score" | "present"): Promise<boolean> => {
    const key = keyOf(place);
    const allowed = mayScore(place, allowedVersions);
    const before = seen.get(key);
    let refusal = allowed ? null : notAllowed(place);
    const startedAt = clock();
    try {
      const files = await source.read(place);
      const { name, version } = place;
      const admission = {
        place: { name, version },
        allowedVersions: purpose === "score" ? allowedVersions : null,
        knownDigest: digests.get(key) ?? null,
      };
      const info = await inference.load({ files, pinnedKeys, wasm, admission, purpose });
      accept(key, info, purpose);
      if (purpose === "score") deps.measure?.loaded(info.schema.version, (clock() - startedAt) / 1_000);
    } catch (caught) {
      refusal = toRetainWiseError(caught);
      deps.measure?.refused(refusal);
    }
    // Only what the bundle itself is refused for stays so until it changes.
    const final = refusal === null || refusal.code === "model_unavailable";
    seen.set(key, { revision: final ? place.revision : null, refusal });
    if (refusal !== null && refusal.detail !== before?.refusal?.detail) tell(place, refusal);
    return final;
  };

  const accept = (key: string, info: ModelInfo, purpose: "score" | "present"): void => {
    digests.set(key, info.digest);
    const known = facts.get(info.digest);
    // One that only presented so far has not been run: its golden customers are new.
    const model = known !== undefined && (purpose === "present" || known.golden !== null) ? known : toFacts(info);
    facts.set(info.digest, model);
    const before = serving.get(model.name);
    if (purpose === "present" || before?.digest === info.digest) return;
    if (before !== undefined) retired.set(before.digest, clock());
    serving.set(model.name, model);
    log("model.loaded", { model: model.name, version: model.version, digest: model.digest });
  };

  const tell = ({ name, version }: BundlePlace, refusal: RetainWiseError): void => {
    log("model.refused", {
      model: name,
      version,
      reason: refusal.issues[0]?.code ?? refusal.code,
      problem: refusal.detail,
      serving: serving.get(name)?.version ?? null,
    });
  };

  /** One line when the version that serves is no longer there, and none for every look after it. */
  const tellMissing = (places: readonly BundlePlace[]): void => {
    for (const { name, version } of serving.values()) {
      const there = places.some((place) => place.name === name && place.version === version);
      if (there) missing.delete(keyOf({ name, version }));
      else if (!missing.has(keyOf({ name, version }))) {
        missing.add(keyOf({ name, version }));
        const newest = places.findLast((place) => place.name === name)?.version ?? null;
        log("model.kept", {
          model: name,
          version,
          listed: newest,
          problem: "It is no longer listed and keeps scoring.",
        });
      }
    }
  };

  const unloadRetired = async (): Promise<void> => {
    for (const [digest, since] of retired) {
      const due = clock() - since >= limits.modelGraceSeconds * 1_000;
      if (due && (await inference.unload(digest))) retired.delete(digest);
    }
  };

  const forget = (places: readonly BundlePlace[]): void => {
    const listed = new Set(places.map(keyOf));
    for (const key of seen.keys()) if (!listed.has(key)) seen.delete(key);
    for (const [digest, model] of facts) {
      if (facts.size <= limits.modelsPresented) break;
      if (serving.get(model.name) !== model && !listed.has(keyOf(model))) facts.delete(digest);
    }
  };

  const look = async (): Promise<boolean> => {
    const places = await list();
    if (places === null) return false;
    forget(places);
    const changed = places.filter(
      (place) => place.revision === null || seen.get(keyOf(place))?.revision !== place.revision,
    );
    /** Names of which a version could not be read: an older one must not take its place. */
    const waiting = new Set<string>();
    // The newest first; what may score before what only presents.
    const newest = changed.toReversed();
    const scores = (place: BundlePlace): boolean => {
      const now = serving.get(place.name);
      return (
        mayScore(place, allowedVersions) && (now === undefined || compareVersions(place.version, now.version) >= 0)
      );
    };
    for (const place of newest) {
      if (scores(place) && !waiting.has(place.name) && !(await take(place, "score"))) waiting.add(place.name);
    }
    for (const place of newest) {
      const done = seen.get(keyOf(place));
      const taken = done !== undefined && done.revision === place.revision && place.revision !== null;
      if (taken || scores(place) || waiting.has(place.name)) continue;
      if (!(await take(place, "present"))) waiting.add(place.name);
    }
    tellMissing(places);
    await unloadRetired();
    return waiting.size === 0;
  };

  return {
    look,
    list: () => [...serving.values()],
    get(name) {
      const wanted = name ?? defaultModel;
      const found = serving.get(wanted);
      if (found !== undefined) return found;
      if (unlisted !== null) throw new RetainWiseError("model_unavailable", unlisted.detail, { cause: unlisted });
      for (const [key, { refusal }] of seen) if (key.startsWith(`${wanted}@`) && refusal !== null) throw refusal;
      const known = [...serving.keys()].join(", ");
      throw new RetainWiseError(
        "model_not_found",
        `There is no model named ${JSON.stringify(wanted)}; there is ${known || "none"}.`,
      );
    },
    byDigest(digest) {
      const found = facts.get(digest);
      if (found !== undefined) return found;
      throw new RetainWiseError(
        "model_unavailable",
        `The model with digest ${digest}, which made these results, is not loaded.`,
      );
    },
  };
}

const keyOf = ({ name, version }: { readonly name: string; readonly version: string }): string => `${name}@${version}`;

function notAllowed({ name, version }: BundlePlace): RetainWiseError {
  const detail = `version_not_allowed: ${name}@${version} is not among RETAINWISE_MODEL_VERSIONS; it presents its results only.`;
  return new RetainWiseError("model_unavailable", detail, { issues: [{ code: "version_not_allowed", detail }] });
}

function toFacts(info: ModelInfo): LoadedFacts {
  const { schema } = info;
  return {
    name: schema.name,
    version: schema.version,
    digest: info.digest,
    backgroundDigest: info.backgroundDigest,
    card: info.card,
    golden: info.golden,
    schema,
    templates: templatesOf(schema),
    resultColumns: (shap) => resultColumns(schema, shap),
    resultLine: createResultLine(schema),
    present: (prediction, mapping, issues) => presentPrediction(info, prediction, mapping, issues),
    presentDetail: (prediction, mapping, issues) => presentDetail(info, prediction, mapping, issues),
    checkConstants: (constants, mapping) => void readConstants(schema, constants, mapping),
    presentExplanation: (request) => presentExplanation(info, request),
    presentInteractions: (prediction, values) => presentInteractions(schema, prediction, values),
  };
}
