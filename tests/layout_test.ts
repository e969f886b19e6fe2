/** What the sources must look like, whoever writes them: read from the files, so that it stays true. */
import { assert, assertEquals } from "@std/assert";

const root = new URL("../", import.meta.url);

/** What is no product: it may be as it likes. */
const ELSEWHERE = ["bench", "coverage", "dist", "docs", "examples", "node_modules", "tests"];

function filesIn(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (name.startsWith(".") || isDirectory && ELSEWHERE.includes(name)) return [];
    if (isDirectory) return filesIn(new URL(`${encodeURIComponent(name)}/`, folder));
    return /\.[jt]sx?$/.test(name) ? [new URL(encodeURIComponent(name), folder)] : [];
  });
}

const named = (file: URL) => decodeURIComponent(file.href.slice(root.href.length));

/** File → source, comments left out: those show examples. */
const sources = new Map(
  filesIn(root).map((file) => [file.href, Deno.readTextFileSync(file)]),
);

/** The files that a source refers to: imports, exports, types, and those that come later. */
function importsOf(href: string, source: string): string[] {
  const code = source.replaceAll(/\/\*.*?\*\//gs, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const found = [
    ...code.matchAll(/^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm),
    ...code.matchAll(/^\s*import\s*["']([^"']+)["']/gm),
    ...code.matchAll(/\bimport\(\s*["']([^"']+)["']/g),
  ];
  return found.map(([, to]) => to).filter((to) => to.startsWith("."))
    .map((to) => new URL(to, href).href).filter((to) => sources.has(to));
}

/** The circles of a graph: its strongly connected parts of more than one, or that name themselves. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (open.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const part = open.splice(open.indexOf(node));
    if (part.length > 1 || graph.get(node)?.includes(node)) found.push(part);
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

Deno.test("circles are found, and nothing else", () => {
  const graph = (text: string) => {
    const edges = text.split(" ").map((edge) => edge.split(">"));
    const nodes = new Set(edges.flat());
    return new Map([...nodes].map((node) => [
      node,
      edges.filter(([from, to]) => from === node && to).map(([, to]) => to),
    ]));
  };
  const parts = (text: string) => circles(graph(text)).map((part) => part.sort().join("")).sort();
  assertEquals(parts("a>b b>c a>c"), []);
  assertEquals(parts("a>b b>a"), ["ab"]);
  assertEquals(parts("a>a b"), ["a"]);
  assertEquals(parts("a>b b>c c>a c>d d>e e>d"), ["abc", "de"]);
});

Deno.test("imports of every form are read", () => {
  const [href] = [...sources.keys()].filter((one) => one.endsWith("/machine/mod.ts"));
  const forms = [
    'import { a } from "./machine.ts";',
    'import type { A } from "./machine.ts";',
    'import {\n  type A,\n  b,\n} from "./machine.ts";',
    'import * as a from "./machine.ts";',
    'export { a } from "./machine.ts";',
    'export type { A } from "./machine.ts";',
    'export * from "./machine.ts";',
    'import "./machine.ts";',
    'const a = await import("./machine.ts");',
    'let a: import("./machine.ts").A;',
  ];
  for (const form of forms) {
    assertEquals(importsOf(href, form).map((to) => named(new URL(to))), [
      "machine/machine.ts",
    ], form);
  }
  assertEquals(importsOf(href, '/** import { a } from "./machine.ts"; */'), []);
  assertEquals(importsOf(href, '// import { a } from "./machine.ts";'), []);
});

Deno.test("no files import each other in a circle, types included", () => {
  assert(sources.size > 50, "the sources were not found");
  const graph = new Map([...sources].map(([href, source]) => [href, importsOf(href, source)]));
  const found = circles(graph).map((part) => part.map((href) => named(new URL(href))).sort());
  assertEquals(found, []);
});

Deno.test("no file has more than 500 lines, unless it says why at its start", () => {
  const wrong = [...sources].filter(([, source]) => {
    const lines = source.trimEnd().split("\n");
    if (lines.length <= 500) return false;
    const start = lines.slice(0, 8).join("\n");
    return !/^(?:\/\/|\/\*)[^]*(?:long|length)/i.test(start);
  }).map(([href]) => named(new URL(href)));
  assertEquals(wrong, []);
});

Deno.test("no source takes the pathname of its own address for a path: it is percent-encoded", () => {
  const folders = ["bench", "docs", "examples", "tests"].map((name) => new URL(`${name}/`, root));
  const others = folders.flatMap(filesIn).map((file) => [file.href, Deno.readTextFileSync(file)]);
  // Two addresses may be compared, and a request's is none of a file.
  const taken =
    /new URL\((?!request\.url\))[^()]*\)+\.pathname(?!\.startsWith)|import\.meta\.url\.(?:pathname|slice|replace)/;
  const wrong = [...sources, ...others].filter(([, source]) => taken.test(source))
    .map(([href]) => named(new URL(href)));
  assertEquals(wrong, []);
});

Deno.test("who listens says where: nothing is open to other machines by mistake", () => {
  const documents = ["docs/", "./"].flatMap((name) => {
    const folder = new URL(name, root);
    return [...Deno.readDirSync(folder)].filter((entry) => entry.name.endsWith(".md"))
      .map((entry) => new URL(entry.name, folder));
  });
  const folders = ["bench", "docs", "examples", "tests"].map((name) => new URL(`${name}/`, root));
  const files = [...folders.flatMap(filesIn), ...documents];
  const all = [...sources, ...files.map((file) => [file.href, Deno.readTextFileSync(file)])];
  const listening = all.filter(([, text]) => /Deno\.(?:serve|listen)\((?!handler\))/.test(text));
  assert(listening.length > 5);
  const wrong = listening.filter(([, text]) => !/\bhostname\b/.test(text)).map(([href]) =>
    named(new URL(href))
  );
  assertEquals(wrong, []);
});
