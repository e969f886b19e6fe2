import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

/** The founding example; its last line is what it found. */
export const EXAMPLE = `
const machine = new Machine({
  ProcessingFile: { add: ["InProgress"], remove: ["FileProcessed"] },
  FileProcessed: { remove: ["ProcessingFile", "InProgress"] },
  InProgress: {},
});
machine.bindHandlers({
  ProcessingFileEnter: () => true,
  async ProcessingFileState(e) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!e.signal.aborted) e.add("FileProcessed");
  },
});
machine.add("ProcessingFile");
await machine.when("FileProcessed", { timeout: 5000 });
const found = machine.toStringAll();
`;
/** What it finds. */
export const EXPECTED = "(FileProcessed:1)[ProcessingFile:2 InProgress:2 Exception:0]";

/** Bundles `mod.ts` into a folder and gives the file's path. */
export async function bundle(folder: string): Promise<string> {
  const path = `${folder}/asyncmachine.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--minify",
      "-o",
      path,
      fileURLToPath(new URL("../mod.ts", import.meta.url)),
    ],
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return path;
}
