import { assertEquals } from "@std/assert";

/** Folder → folders and packages that it may import from; types count too. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  relations: [],
  clock: [],
  machine: ["relations", "clock"],
  diagram: ["relations", "@dagrejs/dagre"],
};

const root = new URL("../", import.meta.url);
const sources = Object.keys(MAY_IMPORT).flatMap((folder) =>
  [...Deno.readDirSync(new URL(folder, root))].map(({ name }) => ({
    folder,
    name: `${folder}/${name}`,
    text: Deno.readTextFileSync(new URL(`${folder}/${name}`, root)),
  }))
);

const filesOf = (folder: string): string[] =>
  [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(`${folder}/${name}`) : name.endsWith(".ts") ? [`${folder}/${name}`] : []
  );

const importsOf = (text: string) =>
  [...text.replaceAll(/\/\*.*?\*\//gs, "").matchAll(/^(?:import|export)[^;]*?from "([^"]+)";/gms)]
    .map(([, to]) => to);

Deno.test("the library's folders and diagram import only downward", () => {
  const wrong = sources.flatMap(({ folder, name, text }) =>
    importsOf(text)
      .filter((to) => !to.startsWith("./"))
      .filter((to) =>
        !MAY_IMPORT[folder].some((allowed) => to === allowed || to === `../${allowed}/mod.ts`)
      )
      .map((to) => `${name} -> ${to}`)
  );
  assertEquals(wrong, []);
});

Deno.test("gen and dbg import nothing from each other", () => {
  const wrong = [["gen", "dbg"], ["dbg", "gen"]].flatMap(([folder, other]) =>
    filesOf(folder).flatMap((name) =>
      importsOf(Deno.readTextFileSync(new URL(name, root)))
        .filter((to) =>
          new URL(to, new URL(name, root)).pathname.startsWith(`${root.pathname}${other}/`)
        )
        .map((to) => `${name} -> ${to}`)
    )
  );
  assertEquals(wrong, []);
});

Deno.test("mod.ts re-exports the three folders and nothing else", () => {
  const to = new Set(importsOf(Deno.readTextFileSync(new URL("mod.ts", root))));
  assertEquals([...to].sort(), ["./clock/mod.ts", "./machine/mod.ts", "./relations/mod.ts"]);
});

Deno.test("the library uses nothing that only one runtime has", () => {
  const wrong = sources.flatMap(({ name, text }) =>
    text.replaceAll(/\/\*.*?\*\/|\/\/.*/gs, "").match(/\b(Deno|process|Buffer|window)\./g)
      ?.map((word) => `${name}: ${word}`) ?? []
  );
  assertEquals(wrong, []);
});
