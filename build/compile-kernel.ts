import asc from "assemblyscript/asc";

/**
 * @param source AssemblyScript
 * @returns the bytes of a module that imports its memory as `env.memory`
 */
export async function compileKernel(source: string): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "kernel.ts",
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--importMemory",
      "--outFile",
      "kernel.wasm",
    ],
    {
      readFile: (name) => (name === "kernel.ts" ? source : null),
      writeFile: (name, contents) => {
        if (name === "kernel.wasm" && typeof contents !== "string") bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || bytes === undefined)
    throw new Error(`The kernel does not compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}
