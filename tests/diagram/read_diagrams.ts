/** What others read in our diagrams: Mermaid itself, and an XML parser. */
import { JSDOM } from "jsdom";

// Mermaid looks for a browser when it is loaded.
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: real } = await import("mermaid");

interface Vertex {
  readonly id: string;
  readonly text: string;
}

/** What Mermaid itself reads in a flowchart: the nodes and the groups, by what it would show. */
export async function readByMermaid(
  text: string,
): Promise<{ nodes: string[]; edges: string[]; groups: string[] }> {
  await real.parse(text);
  const { db } = await real.mermaidAPI.getDiagramFromText(text);
  const graph = db as unknown as {
    getVertices(): Map<string, Vertex>;
    getEdges(): { start: string; end: string; text: string }[];
    getSubGraphs(): { title: string; nodes: string[] }[];
  };
  const nodes = new Map([...graph.getVertices().values()].map(({ id, text }) => [id, shown(text)]));
  return {
    nodes: [...nodes.values()],
    edges: graph.getEdges().map(({ start, end, text }) =>
      `${nodes.get(start)} ${text} ${nodes.get(end)}`
    ),
    groups: graph.getSubGraphs().map(({ title }) => shown(title)),
  };
}

/** Undoes what Mermaid's reader makes of entities, as its painter does. */
function shown(text: string): string {
  const html = text.replaceAll("ﬂ°°", "&#").replaceAll("ﬂ°", "&").replaceAll("¶ß", ";");
  const element = window.document.createElement("p");
  element.innerHTML = html;
  return element.textContent!;
}

/** What an XML parser reads in a picture: the texts, and the states that the boxes stand for. */
export function readByXml(text: string): {
  texts: string[];
  states: (string | null)[];
  edges: string[];
  labels: string[];
} {
  const document = new window.DOMParser().parseFromString(text, "image/svg+xml");
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  return {
    texts: all("text:not(.label)").map((one) => one.textContent!),
    states: all(".state").map((one) => one.getAttribute("data-index")),
    edges: all(".edge").map((one) =>
      `${one.getAttribute("data-from")} ${one.getAttribute("data-to")}`
    ),
    labels: all(".label").map((one) => `${one.getAttribute("class")} ${one.textContent}`),
  };
}
