import { stripVTControlCharacters } from "node:util";
import { InputError } from "./input_error.ts";
import { reason } from "./load.ts";

/** Formats TypeScript by `deno fmt`, with the settings that hold in the folder where it goes. */
export async function formatted(source: string, folder: string): Promise<string> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(Deno.execPath(), {
      args: ["fmt", "--ext=ts", "-"],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new InputError(`Cannot format in "${folder}": ${reason(error)}`);
  }
  const sent = new Blob([source]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  await sent.catch(() => {});
  if (!success) {
    const why = stripVTControlCharacters(new TextDecoder().decode(stderr)).trim().split("\n")[0];
    throw new InputError(`Cannot format the file: ${why}`);
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout);
}
