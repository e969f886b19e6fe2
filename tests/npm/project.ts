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

/** A folder with a package.json, where npm has installed something. */
export class Project implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes one, with the tarball and these packages. */
  static async make(...packages: readonly string[]): Promise<Project> {
    const project = new Project(await Deno.makeTempDir({ prefix: "npm project " }));
    await project.write("package.json", `{ "name": "project", "type": "module" }`);
    const flags = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
    const { code, err, out } = await project.run("npm", "i", ...flags, await built, ...packages);
    assertEquals(code, 0, out + err);
    return project;
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

  /** A program of the path; those of `node_modules/.bin` come first. */
  async run(program: string, ...args: readonly string[]): Promise<Ended> {
    const path = `${this.folder}/node_modules/.bin:${Deno.env.get("PATH")}`;
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
