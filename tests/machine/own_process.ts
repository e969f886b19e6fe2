/** Programs that need a process of their own: a forced collection, or an end that is awaited. */

const mod = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);

/** What a program did. */
export interface Outcome {
  /** The exit code. */
  readonly code: number;
  /** What it printed. */
  readonly stdout: string;
  /** What it complained of. */
  readonly stderr: string;
}

/** Runs a program that has everything of `mod.ts` in `am`, and is given up after a minute. */
export async function ownProcess(program: string, flags: readonly string[] = []): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-lock",
      ...flags,
      `const am = await import(${mod}); const { Machine } = am; ${program}`,
    ],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a program that may call `gc()`, and gives what it handed to `print`, as texts. */
export async function gcProgram(program: string): Promise<string[]> {
  const { code, stdout, stderr } = await ownProcess(
    `const print = (value) => console.log(String(value)); ${program}`,
    ["--v8-flags=--expose-gc"],
  );
  if (code !== 0) throw new Error(`The program ended with ${code}: ${stderr}`);
  return stdout.trimEnd().split("\n");
}
