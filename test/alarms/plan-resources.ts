/** Resources in what `terraform show -json` prints of a plan or of a state ("JSON Output Format" in Terraform's documentation). */
import * as v from "valibot";

export interface PlanResource {
  /** With its modules and its index: `module.a.aws_sns_topic.this["x"]`. */
  readonly address: string;
  readonly type: string;
  /** A plan has no entry for an attribute that is known only after apply; null is "not set". */
  readonly values: Readonly<Record<string, unknown>>;
}

const Resource = v.object({
  address: v.string(),
  mode: v.string(),
  type: v.string(),
  values: v.optional(v.record(v.string(), v.unknown()), {}), // absent where nothing of it is known before the apply
});

interface Module {
  resources?: v.InferOutput<typeof Resource>[] | undefined;
  child_modules?: Module[] | undefined;
}
const Module: v.GenericSchema<unknown, Module> = v.object({
  resources: v.optional(v.array(Resource)),
  child_modules: v.optional(v.array(v.lazy(() => Module))),
});
const Values = v.object({ root_module: Module });
const Shown = v.union([v.object({ planned_values: Values }), v.object({ values: Values })]);

/** The managed resources of these types, of all modules, every instance of `count` and `for_each`. */
export function resourcesOf(shown: unknown, types: readonly string[]): PlanResource[] {
  const read = v.safeParse(Shown, shown);
  if (!read.success) throw new Error("neither a plan nor a state of terraform show -json");
  const { root_module } = "planned_values" in read.output ? read.output.planned_values : read.output.values;
  const walk = ({ resources = [], child_modules = [] }: Module): v.InferOutput<typeof Resource>[] => [
    ...resources,
    ...child_modules.flatMap(walk),
  ];
  return walk(root_module)
    .filter(({ mode, type }) => mode === "managed" && types.includes(type))
    .map(({ address, type, values }) => ({ address, type, values }));
}
