/** Puts the diagrams of the schemas into README.md, between their marks: `deno task diagrams`. */
import { mermaid } from "@asyncmachine/asyncmachine/gen";
import { schema as bootstrap } from "./discovery/bootstrap_states.ts";
import { schema as discovery } from "./discovery/states.ts";
import { schema as host } from "./host/states.ts";

/** The schemas by the names of their marks. */
export const SCHEMAS = { host, discovery, bootstrap } as const;

/** A page with its diagrams drawn anew. */
export function withDiagrams(page: string): string {
  let drawn = page;
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const [from, to] = [`<!-- diagram ${name} -->`, `<!-- end ${name} -->`];
    const [start, end] = [drawn.indexOf(from), drawn.indexOf(to)];
    if (start === -1 || end < start) throw new Error(`README.md has no marks ${from} and ${to}`);
    const diagram = `${from}\n\n\`\`\`mermaid\n${mermaid(schema).trim()}\n\`\`\`\n\n`;
    drawn = drawn.slice(0, start) + diagram + drawn.slice(end);
  }
  return drawn;
}

if (import.meta.main) {
  const file = new URL("README.md", import.meta.url);
  await Deno.writeTextFile(file, withDiagrams(await Deno.readTextFile(file)));
}
