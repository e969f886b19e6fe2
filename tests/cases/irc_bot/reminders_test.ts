import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MemoryStore, SqliteStore } from "../../../durable/mod.ts";
import { Reminders } from "../../../cases/irc_bot/reminders.ts";

async function until(condition: () => boolean | Promise<boolean>, what: string) {
  const end = Date.now() + 60_000;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const call = (text: string, from = "ann") => ({ from, to: "#lab", text });

Deno.test("a reminder is told once, when it is due, and also after its flow was long asleep", async () => {
  const told: [string, number][] = [];
  const start = Date.now();
  await using reminders = await Reminders.open(new MemoryStore(), (to, text) => {
    told.push([`${to} ${text}`, Date.now() - start]);
    return Promise.resolve(true);
  });
  assertEquals(await reminders.remind(call("1s tea")), "ann: in 1s");
  await reminders.remind(call("4 s  cake with cream ", "bob"));
  assertEquals(await reminders.waiting(), 2);
  await until(async () => await reminders.waiting() === 0, "both were told");
  assertEquals(told.map(([text]) => text), ["#lab ann: tea", "#lab bob: cake with cream"]);
  assert(told[0][1] >= 1000 && told[1][1] >= 4000, `${told}`);
});

Deno.test("a reminder that cannot be told now is told later", async () => {
  let tries = 0;
  await using reminders = await Reminders.open(
    new MemoryStore(),
    () => Promise.resolve(++tries === 3),
  );
  await reminders.remind(call("0s tea"));
  await until(async () => await reminders.waiting() === 0, "it was told");
  assertEquals(tries, 3);
});

Deno.test("a reminder goes on in another process, overdue or not", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = await Reminders.open(
      new SqliteStore(`${folder}/r.db`),
      () => Promise.resolve(true),
    );
    await first.remind(call("1s soon"));
    await first.remind(call("5s later"));
    await first[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const told: string[] = [];
    await using second = await Reminders.open(new SqliteStore(`${folder}/r.db`), (_, text) => {
      told.push(text);
      return Promise.resolve(true);
    });
    await until(async () => await second.waiting() === 0, "both were told");
    assertEquals(told, ["ann: soon", "ann: later"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("reminders refuse what they don't understand, what is too far away, and too many", async () => {
  await using reminders = await Reminders.open(new MemoryStore(), () => Promise.resolve(true));
  for (const text of ["", "tea", "10m", "10m ", "-1s tea", "1e9s tea", "1y tea", "9999999s tea"]) {
    assertStringIncludes(await reminders.remind(call(text)), "how?", text);
  }
  assertStringIncludes(await reminders.remind(call("999d tea")), "too far");
  for (let i = 0; i < 20; i++) assertEquals(await reminders.remind(call("9h tea")), "ann: in 9h");
  assertStringIncludes(await reminders.remind(call("9h tea", "ANN")), "20 reminders already");
  assertEquals(await reminders.remind(call("9h tea", "bob")), "bob: in 9h");
});
