/**
 * Drawings of a schema, as Mermaid and as a picture. Pure: {@linkcode diagramOf} says what is to be
 * drawn, the formats draw it.
 *
 * @module
 */
export {
  type Diagram,
  type DiagramEdge,
  diagramOf,
  type DiagramOptions,
  type DiagramState,
} from "./diagram.ts";
export { mermaid } from "./mermaid.ts";
export { svg } from "./svg.ts";
