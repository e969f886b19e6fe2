/** Projects of users: an empty folder with the tarball and what else they install. */
import { assertEquals } from "@std/assert";
import { build } from "../../npm/build.ts";

const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const built = build(folder);

/** What a program printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What npm is told, and no more than an error said. */
const INSTALL = ["i", "--silent", "--no-audit", "--no-fund", "--prefer-offline"];

/** Runtime → the folder of its program: they are large, and installed once. */
const runtimes = new Map<string, Promise<string>>();

/** Installs a runtime (`node@22`, `bun`), and gives the folder of its program. */
function runtimeOf(spec: string): Promise<string> {
  let bin = runtimes.get(spec);
  if (bin === undefined) {
    bin = (async () => {
      const place = new Project(`${folder}/runtime ${spec}`);
      await Deno.mkdir(place.folder);
      await place.write("package.json", `{ "name": "runtime" }`);
      await place.install(spec);
      return `${place.folder}/node_modules/.bin`;
    })();
    runtimes.set(spec, bin);
  }
  return bin;
}

const isRuntime = (spec: string) => /^(node|bun)(@|$)/.test(spec);

/** A folder with a package.json, where npm has installed something. */
export class Project implements AsyncDisposable {
  readonly folder: string;
  /** Where the programs of its runtimes are. */
  bins: readonly string[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes one, with the tarball and these packages; runtimes are found in its path. */
  static async make(...packages: readonly string[]): Promise<Project> {
    const project = new Project(await Deno.makeTempDir({ prefix: "npm project " }));
    await project.write("package.json", `{ "name": "project", "type": "module" }`);
    await project.install(await built, ...packages.filter((spec) => !isRuntime(spec)));
    project.bins = await Promise.all(packages.filter(isRuntime).map(runtimeOf));
    return project;
  }

  async install(...packages: readonly string[]): Promise<void> {
    const { code, err, out } = await this.run("npm", ...INSTALL, ...packages);
    assertEquals(code, 0, out + err);
  }

  async write(file: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${file}`, text);
  }

  /** A program that has to end well, and what it prints. */
  async prints(program: string, ...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(program, ...args);
    assertEquals({ code, err }, { code: 0, err: "" }, out + err);
    return out.trim();
  }

  /** A program of the path; those of `node_modules/.bin` and the runtimes come first. */
  async run(program: string, ...args: readonly string[]): Promise<Ended> {
    const path = [`${this.folder}/node_modules/.bin`, ...this.bins, Deno.env.get("PATH")].join(":");
    const command = new Deno.Command("env", {
      args: [`PATH=${path}`, program, ...args],
      cwd: this.folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
    });
    const { code, stdout, stderr } = await command.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
