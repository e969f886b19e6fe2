/**
 * Builds the npm package into `dist/npm`: bundled modules that share their chunks, so that it brings no
 * dependency, with the types that `deno pack` makes.
 *
 *     deno task npm
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { EXPORTS, packageJson, PEERS, placeOf, PROGRAMS } from "./package.ts";

const root = new URL("../", import.meta.url);

/** What older runtimes cannot read is written in older words: `using` above all. */
const TARGET = "es2022";

async function run(program: string, args: readonly string[], cwd: URL | string): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  if (!success) throw new Error(`${program} ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

/** Modules that are no export: what the programs need. */
const PROGRAM_PARTS = ["gen/cli.ts", "npm/dbg_in_deno.ts"];

/** What the bundler writes for Node alone, and for this machine alone, in words that hold anywhere. */
function portable(source: string): string {
  return source
    // Peers that the sources name with a version, because no import map has them.
    .replaceAll(/(from ")npm:([\w-]+)@[^/"]+/g, "$1$2")
    // Browsers load the module too, and have no `node:module`; what is required is built in.
    .replace(
      /import \{ createRequire as (\w+) \} from "node:module";\s*(?:var|const) (\w+) = \1\(import\.meta\.url\);/,
      "var $2 = (id) => globalThis.process.getBuiltinModule(id);",
    )
    .replaceAll(/(?:\.\.\/)+[^"\n]*?\/npm\/[^/"\n]+\/(?=@|\w)/g, "npm:");
}

/** Deno's bundler says above each part where it was. */
const PART = /^\/\/ (.*?\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+\/\d[^/]*))\//gm;

async function collectLicenses(
  source: string,
  out: string,
  licenses: Map<string, string>,
): Promise<void> {
  for (const [, path, name] of source.matchAll(PART)) {
    if (licenses.has(name)) continue;
    // Told relative to where the bundler ran, or from a folder above the output.
    const folder = [root, pathToFileURL(`${out}/`)].map((base) => new URL(`${path}/`, base))
      .find((url) => exists(url));
    if (folder === undefined) throw new Error(`${name} is bundled, but is not at ${path}`);
    const file = [...Deno.readDirSync(folder)].find((entry) => /^licen[cs]e/i.test(entry.name));
    if (file === undefined) throw new Error(`${name} is bundled, but has no license file`);
    licenses.set(name, await Deno.readTextFile(new URL(file.name, folder)));
  }
}

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
}

async function bundle(out: string): Promise<void> {
  const entries = [...Object.values(EXPORTS), ...Object.values(PROGRAMS), ...PROGRAM_PARTS];
  const external = Object.keys(PEERS).flatMap((
    peer,
  ) => ["--external", peer, "--external", `npm:${peer}@*`]);
  const flags = ["--quiet", "--platform", "node", "--code-splitting", ...external];
  // A copy, since the bundler notes in it what it looks up, peers too.
  const lock = await Deno.makeTempFile();
  await Deno.copyFile(new URL("deno.lock", root), lock);
  const locked = ["--lock", lock];
  await run(Deno.execPath(), ["bundle", ...flags, ...locked, "--outdir", out, ...entries], root);
  await Deno.remove(lock);
  const licenses = new Map<string, string>();
  for await (const path of files(out)) {
    const source = await Deno.readTextFile(path);
    await collectLicenses(source, out, licenses);
    const { code } = await transform(portable(source), {
      target: TARGET,
      format: "esm",
      // A program is started by its own module, never by one that is imported.
      define: { "import.meta.main": "false" },
    });
    await Deno.writeTextFile(path, code);
  }
  const notices = [...licenses].sort().map(([name, text]) => `${name}\n\n${text.trim()}\n`);
  await Deno.writeTextFile(`${out}/LICENSES_OF_PARTS.txt`, notices.join(`\n${"-".repeat(72)}\n\n`));
  for (const source of Object.values(PROGRAMS)) {
    const path = `${out}/${placeOf(source)}.js`;
    await Deno.writeTextFile(path, `#!/usr/bin/env node\n${await Deno.readTextFile(path)}`);
    await Deno.chmod(path, 0o755);
  }
}

/** Copies the declarations, and nothing else, of what Deno packs. */
async function declarations(out: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(Deno.execPath(), ["pack", "--allow-dirty", "-o", `${folder}/types.tgz`], root);
    await run("tar", ["xzf", "types.tgz"], folder);
    const from = `${folder}/package`;
    for await (const path of files(from)) {
      const place = path.slice(from.length + 1);
      if (!place.endsWith(".d.ts") || /^(links|examples)\//.test(place)) continue;
      const to = `${out}/${place}`;
      await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
      await Deno.copyFile(path, to);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Builds the package into a folder, which is emptied, and packs it there; gives the tarball's path. */
export async function build(out: string): Promise<string> {
  await Deno.remove(out, { recursive: true }).catch(() => {});
  await Deno.mkdir(out, { recursive: true });
  await bundle(out);
  await declarations(out);
  await Deno.writeTextFile(`${out}/package.json`, await packageJson());
  for (const file of ["LICENSE", "CHANGELOG.md", "README.md"]) {
    await Deno.copyFile(new URL(file, root), `${out}/${file}`);
  }
  // Documents link to each other, so they all come along.
  const linked = ["CONTRIBUTING.md", "docs", "examples"];
  await run("cp", ["-r", ...linked, out], root);
  // What an example has installed and built here, and what is about programs that are not in the package.
  await run("rm", ["-rf", "examples/ui/node_modules", "examples/ui/dist", "docs/cases"], out);
  await run("npm", ["pack", "--silent"], out);
  for await (const path of files(out)) if (path.endsWith(".tgz")) return path;
  throw new Error("npm pack has made no tarball");
}

if (import.meta.main) console.log(await build(fileURLToPath(new URL("dist/npm", root))));
