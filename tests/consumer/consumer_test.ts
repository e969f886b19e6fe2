import { assertEquals } from "@std/assert";

/** The lowest TypeScript that is promised, and the present ones. */
const COMPILERS = ["5.4.5", "5.9.3", "6.0.3"];
/** The lowest `lib` that is promised. */
const LIB = "es2022,dom,esnext.disposable";
const MODULES = [["--module", "nodenext"], ["--module", "esnext", "--moduleResolution", "bundler"]];

const root = new URL("../../", import.meta.url);

async function run(cwd: string | URL, command: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(command, { cwd, args: [...args] })
    .output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return success ? "" : text || `${command} failed`;
}

Deno.test("the packed declarations compile strictly, by every promised compiler", async () => {
  const folder = await Deno.makeTempDir();
  const library = `${folder}/node_modules/@asyncmachine`;
  await Deno.mkdir(library, { recursive: true });
  const packed = ["pack", "--quiet", "--allow-dirty", "-o", `${folder}/library.tgz`];
  assertEquals(await run(root, Deno.execPath(), packed), "");
  assertEquals(await run(folder, "tar", ["xzf", "library.tgz", "-C", library]), "");
  await Deno.rename(`${library}/package`, `${library}/asyncmachine`);
  await Deno.writeTextFile(`${folder}/package.json`, `{ "type": "module" }`);
  const program = new URL("program.txt", import.meta.url);
  await Deno.copyFile(program, `${folder}/main.ts`);
  const found: string[] = [];
  for (const version of COMPILERS) {
    for (const modules of MODULES) {
      const compile = ["run", "-A", "--no-lock", `npm:typescript@${version}/tsc`];
      const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes"];
      const target = ["--skipLibCheck", "false", "--target", "es2022", "--lib", LIB];
      // Version 6 would take the files of a folder above into account.
      const alone = version.startsWith("6.") ? ["--ignoreConfig"] : [];
      const args = [...compile, ...alone, ...strict, ...target, ...modules, "main.ts"];
      const errors = await run(folder, Deno.execPath(), args);
      if (errors) found.push(`${version} ${modules.join(" ")}: ${errors}`);
    }
  }
  assertEquals(found, []);
  await Deno.remove(folder, { recursive: true });
});
