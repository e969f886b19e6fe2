import { assertEquals } from "@std/assert";
import { recognizes } from "../../examples/nfa.ts";
import { createPathWatcher } from "../../examples/path_watcher.ts";
import { createTurnstile } from "../../examples/turnstile.ts";

Deno.test("turnstile lets one person through per coin", () => {
  const turnstile = createTurnstile();
  assertEquals(turnstile.add("Push"), "canceled");
  assertEquals(turnstile.explain()?.handler, "PushEnter");
  turnstile.add("Coin");
  assertEquals(turnstile.activeStates(), ["Unlocked"]);
  assertEquals(turnstile.add("Push"), "executed");
  assertEquals(turnstile.activeStates(), ["Locked"]);
  assertEquals(turnstile.add("Push"), "canceled");
});

Deno.test("nfa recognizes the words whose third letter from the end is an a", () => {
  const words = Array.from(
    { length: 6 },
    (_, length) =>
      Array.from(
        { length: 2 ** length },
        (_, i) =>
          i.toString(2).padStart(length, "0").slice(0, length).replaceAll("0", "a").replaceAll(
            "1",
            "b",
          ),
      ),
  ).flat();
  for (const word of words) assertEquals(recognizes(word), word.at(-3) === "a", word);
  assertEquals(recognizes("abc"), false);
});

Deno.test("path watcher lists files as they come and go", async () => {
  const folder = await Deno.makeTempDir();
  const { machine, files } = createPathWatcher(folder);
  machine.add("Watching");
  await machine.when("Refreshed", { timeout: 5000 });
  assertEquals(files(), []);
  await Deno.writeTextFile(`${folder}/a.txt`, "a");
  await machine.whenQuery(() => files().includes("a.txt"), { timeout: 5000 });
  await Deno.remove(`${folder}/a.txt`);
  await machine.whenQuery(() => files().length === 0, { timeout: 5000 });
  machine.dispose();
  await Deno.remove(folder, { recursive: true });
});
