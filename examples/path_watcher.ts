/**
 * Watches a folder: bursts of events become one refresh, and a refresh that is under way when more
 * events come starts anew, because its context ends.
 *
 *     deno run -A examples/path_watcher.ts [FOLDER]
 */
import { args, defineSchema, Machine } from "../mod.ts";

/** How long a folder has to be quiet before it is read, in milliseconds. */
const QUIET = 50;

/** The states. */
export const schema = defineSchema({
  Watching: {},
  Changed: { multi: true, require: ["Watching"], remove: ["Refreshing", "Refreshed"] },
  Refreshing: { require: ["Watching"], remove: ["Changed", "Refreshed"] },
  Refreshed: {
    require: ["Watching"],
    remove: ["Refreshing"],
    args: args.required<{ files: readonly string[] }>(),
  },
});

/** A machine that keeps a list of the folder's files while `Watching` is active. */
export function createPathWatcher(folder: string) {
  let files: readonly string[] = [];
  const machine = new Machine(schema, { id: "watcher" });
  machine.bindHandlers({
    async WatchingState(e) {
      const watcher = Deno.watchFs(folder);
      e.signal.addEventListener("abort", () => watcher.close(), { once: true });
      e.add("Changed");
      for await (const _ of watcher) e.add("Changed");
    },
    async ChangedState(e) {
      const tick = e.machine.tick("Changed");
      await new Promise((resolve) => setTimeout(resolve, QUIET));
      if (e.machine.tick("Changed") === tick) e.add("Refreshing");
    },
    async RefreshingState(e) {
      const found: string[] = [];
      for await (const { name } of Deno.readDir(folder)) found.push(name);
      e.add("Refreshed", { files: found.sort() });
    },
    RefreshedState(e) {
      files = e.args.files;
    },
  });
  return { machine, files: () => files };
}

if (import.meta.main) {
  const { machine, files } = createPathWatcher(Deno.args[0] ?? ".");
  machine.on("RefreshedEnd", () => console.log("changed"));
  machine.add("Watching");
  Deno.addSignalListener("SIGINT", () => machine.dispose());
  while (!machine.disposed) {
    await machine.when("Refreshed").catch(() => {});
    if (machine.disposed) break;
    console.log(files().join(" "));
    await machine.whenNot("Refreshed").catch(() => {});
  }
}
