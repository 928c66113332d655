import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** True in the one executable of `bun run build`: Bun keeps the sources in a file system of its own, which holds nothing else. */
export const isCompiled = import.meta.url.startsWith("file:///$bunfs/");

/** The folder that models, samples and native parts lie in: the repository's, or that of the executable. */
export const programFolder = isCompiled ? dirname(process.execPath) : fileURLToPath(new URL("../..", import.meta.url));

/** The folder of the pages' style sheets and scripts. */
export const webFolder = join(programFolder, isCompiled ? "web" : "src/web");

/** Made-up customers, for whoever has none at hand. */
export const sampleFile = join(programFolder, "samples/telecom.csv");
