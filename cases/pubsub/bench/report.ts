/** Writes the report page and its charts. */
import type { Results } from "./results.ts";

/** Writes pubsub.md and its charts into a folder. */
export async function writeReport(_results: Results, _folder: URL): Promise<void> {
}
