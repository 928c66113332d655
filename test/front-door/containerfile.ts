/** Reads a Containerfile: its stages and their instructions, arguments filled in. What it does not know it refuses. */
export interface Instruction {
  readonly verb: string;
  /** `--from=packages` → from: packages. */
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: string;
}

export interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

const verbs = [
  "ARG COPY CMD ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN STOPSIGNAL USER VOLUME WORKDIR".split(" "),
].flat();

export function readContainerfile(text: string): Stage[] {
  const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
  const statements = lines
    .join("\n")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const defaults = new Map<string, string>();
  const stages: { image: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const statement of statements) {
    const instruction = parse(
      statement.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => defaults.get(name) ?? whole),
    );
    if (instruction.verb === "ARG") {
      const [name = "", value = ""] = instruction.rest.split("=");
      defaults.set(name, value);
    } else if (instruction.verb === "FROM") {
      const [image = "", , name = null] = instruction.rest.split(" ");
      stages.push({ image, name, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${statement}: before the first FROM`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

function parse(statement: string): Instruction {
  const [verb = "", ...words] = statement.split(" ");
  if (!verbs.includes(verb)) throw new Error(`${statement}: ${verb} is not known here`);
  const flags = new Map<string, string>();
  while (verb !== "RUN" && words[0]?.startsWith("--")) {
    const [name = "", value = ""] = words.shift()!.slice(2).split("=");
    flags.set(name, value);
  }
  return { verb, flags, rest: words.join(" ") };
}

/** The last one of that verb, which is the one that counts. */
export function last(stage: Stage, verb: string): Instruction | undefined {
  return stage.instructions.findLast((instruction) => instruction.verb === verb);
}

/** The words of an exec form; throws for a shell form. */
export function execForm(rest: string): string[] {
  const words: unknown = JSON.parse(rest.replace(/^CMD /, ""));
  if (!Array.isArray(words) || !words.every((word) => typeof word === "string"))
    throw new Error(`no exec form: ${rest}`);
  return words;
}

/** `KEY=value KEY="value"` of ENV and LABEL. */
export function pairs(stage: Stage, verb: "ENV" | "LABEL"): Record<string, string> {
  const all = stage.instructions.filter((instruction) => instruction.verb === verb);
  const found = all.flatMap(({ rest }) => [...rest.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)]);
  return Object.fromEntries(found.map(([, key, quoted, plain]) => [key!, quoted ?? plain!]));
}
