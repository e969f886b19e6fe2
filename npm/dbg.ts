/** Starts the debugger from npm. It is a program for Deno, which comes from npm, too. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./dbg_in_deno.js", import.meta.url));

/** The project's own Deno if it has one (`npm i -D deno`), else that of the path. */
function deno(): readonly [string, ...string[]] {
  try {
    const bin = createRequire(`${process.cwd()}/`).resolve("deno/bin.cjs");
    if (existsSync(bin)) return [process.execPath, bin];
  } catch {
    // The project has none.
  }
  return ["deno"];
}

const [program, ...first] = deno();
const child = spawn(
  program,
  [...first, "run", "-A", "--no-config", main, ...process.argv.slice(2)],
  {
    stdio: "inherit",
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void child.kill(signal));
}
child.on("error", () => {
  process.stderr.write("dbg: the debugger needs Deno 2.9 or later: npm i -D deno\n");
  process.exitCode = 2;
});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
