/** What the npm package says about itself, from deno.json. */

/** The exports whose code runs outside Deno, by subpath; and the source of each. */
export const EXPORTS: Readonly<Record<string, string>> = await exportsOf();

/** Packages that applications bring themselves, with the versions that work. */
export const PEERS: Readonly<Record<string, string>> = {
  "@opentelemetry/api": ">=1.3.0 <2",
  "fast-check": "^4.0.0",
  preact: ">=10.5.0 <12",
  "prom-client": "^15.0.0",
  react: ">=18.0.0 <20",
  "solid-js": "^1.7.0",
  svelte: ">=4.0.0 <6",
  vue: "^3.3.0",
};

/** The programs, by the name that `npx` knows. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  "asyncmachine-dbg": "npm/dbg.ts",
  "asyncmachine-gen": "npm/gen.ts",
};

/** The lowest Node that is promised. */
export const NODE = ">=22.3.0";

interface Config {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
}

async function config(): Promise<Config> {
  return JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
}

async function exportsOf(): Promise<Record<string, string>> {
  return (await config()).exports;
}

/** A source's place in the package, without its extension. */
export function placeOf(source: string): string {
  return source.replace(/^\.\//, "").replace(/\.tsx?$/, "");
}

/** The text of package.json. */
export async function packageJson(): Promise<string> {
  const { name, version, license, exports } = await config();
  const entries = Object.entries(exports).map(([subpath, source]) => {
    const place = `./${placeOf(source)}`;
    return [subpath, { types: `${place}.d.ts`, default: `${place}.js` }];
  });
  const json = {
    name,
    version,
    description: "A general purpose state machine for complex asynchronous workflows",
    license,
    type: "module",
    sideEffects: ["./testing/*.js", "./npm/*.js"],
    engines: { node: NODE },
    exports: { ...Object.fromEntries(entries), "./package.json": "./package.json" },
    bin: Object.fromEntries(
      Object.entries(PROGRAMS).map(([program, source]) => [program, `${placeOf(source)}.js`]),
    ),
    peerDependencies: PEERS,
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(PEERS).map((peer) => [peer, { optional: true }]),
    ),
  };
  return JSON.stringify(json, null, 2) + "\n";
}
