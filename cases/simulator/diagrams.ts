/** Puts the diagrams of the schemas into README.md, between their marks: `deno task diagrams`. */
import { mermaid } from "@asyncmachine/asyncmachine/gen";
import { schema as peer } from "./peer_states.ts";
import { schema as sim } from "./sim_states.ts";
import { schema as topic } from "./topic_states.ts";

/** The schemas by the names of their marks. */
export const SCHEMAS = { sim, peer, topic } as const;

/** A page with its diagrams drawn anew. */
export function withDiagrams(page: string): string {
  return Object.entries(SCHEMAS).reduce((drawn, [name, schema]) => {
    const [from, to] = [`<!-- diagram ${name} -->`, `<!-- end ${name} -->`];
    const [start, end] = [drawn.indexOf(from), drawn.indexOf(to)];
    if (start === -1 || end < start) throw new Error(`README.md has no marks ${from} and ${to}`);
    const diagram = `${from}\n\n\`\`\`mermaid\n${mermaid(schema).trim()}\n\`\`\`\n\n`;
    return drawn.slice(0, start) + diagram + drawn.slice(end);
  }, page);
}

if (import.meta.main) {
  const file = new URL("README.md", import.meta.url);
  await Deno.writeTextFile(file, withDiagrams(await Deno.readTextFile(file)));
}
