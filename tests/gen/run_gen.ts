/** Runs gen as a program, as a person or CI does. */
import { dirname, join } from "node:path";

/** The project's folder. */
export const ROOT = dirname(dirname(import.meta.dirname!));

/** What a program ended with. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How to run it. */
export interface RunOptions {
  readonly cwd?: string;
  readonly permissions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs gen. */
export function gen(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { permissions = ["-A"] } = options;
  const config = `--config=${join(ROOT, "deno.json")}`;
  const flags = ["run", "--no-check", "--no-prompt", config, ...permissions];
  return run(Deno.execPath(), [...flags, join(ROOT, "gen/main.ts"), ...args], options);
}

/** Runs a program. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd = ROOT, env = { NO_COLOR: "1" } }: RunOptions = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd, env })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Gives a folder that is removed afterwards; in the project, so that its import map holds. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ dir: join(ROOT, "tests/gen"), prefix: ".tmp_" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
