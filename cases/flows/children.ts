/**
 * A parent and its children: it waits for all of them, takes their results, and ends them when it is
 * canceled.
 *
 * The close policy of a child is stored before the child is: whatever dies, no child is left behind.
 */
import { exclusive } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** What a child does: a part of a report. */
export type Write = (chapter: string, signal: AbortSignal) => Promise<string>;

/** Writes one chapter. */
export const chapterOf = (write: Write) =>
  defineFlow({
    schema: exclusive({ Writing: {}, Written: {}, Dropped: {} }),
    data: (chapter: string) => ({ chapter, text: "" }),
    start: "Writing",
    ends: ["Written", "Dropped"],
    handlers: {
      async WritingState(e) {
        e.flow.data.text = await write(e.flow.data.chapter, e.signal);
        e.add("Written");
      },
    },
  });

/** Writing → Written with all chapters, or Canceled with none left that goes on. */
export const reportOf = (chapter: ReturnType<typeof chapterOf>) =>
  defineFlow({
    schema: exclusive({ Writing: {}, Written: {}, Canceled: {} }),
    data: (chapters: readonly string[]) => ({ chapters, text: "" }),
    start: "Writing",
    ends: ["Written", "Canceled"],
    handlers: {
      async WritingState(e) {
        const { data, id } = e.flow;
        const texts = await Promise.all(data.chapters.map(async (name, i) => {
          const child = await e.flow.start(chapter, `${id}/${i}`, name, {
            close: { add: "Dropped" },
          });
          return (await child.result()).text;
        }));
        data.text = texts.join("\n");
        e.add("Written");
      },
    },
  });
