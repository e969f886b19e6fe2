import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { exportFile } from "../../dbg/files.ts";
import { Store } from "../../dbg/model/mod.ts";
import { startServer } from "../../dbg/server.ts";
import { Receiver } from "../../dbg/receiver.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GOLDEN = `${ROOT}tests/dbg/screens/hostile_commands.txt`;

/** Title, clipboard, clear screen by C1, a line of its own, right to left, hidden, separators. */
const evil = (name: string) =>
  `${name}\x1b]0;T\x07\x1b]52;c;eA==\x07\x9b2J\r\nfake\u202eabc\u2066\u200bx\u2028y\u2029z\x7f\ufeff`;

/** One machine that has it in every field that is a text. */
function hostile(): Store {
  const store = new Store();
  const receiver = new Receiver(store);
  const refusal = receiver.frame(JSON.stringify([
    {
      ...{ kind: "hello", machine: 0, version: 1, id: evil("id"), instance: evil("instance") },
      ...{ parent: evil("parent"), tags: [evil("tag")], names: [evil("A"), evil("B")] },
      ...{ states: [{ add: [1] }, {}], ticks: [0, 0], groups: { [evil("group")]: [0] } },
    },
    {
      ...{ kind: "batch", machine: 0, dropped: 0 },
      logs: [[1, 5, 1, `[extern] ${evil("line")}`]],
      transitions: [
        {
          ...{ id: 1, type: "add", called: [0], ticks: [0, 1, 1, 1], accepted: true, queue: 0 },
          ...{ time: 5, duration: 1, args: { [evil("name")]: evil("value") } },
          ...{ source: [evil("machine"), 1, evil("handler")] },
          steps: [[0, 0, -1, ""], [1, 1, 0, ""], [4, 0, -1, ""], [7, 0, -1, evil("AState")]],
        },
        {
          ...{ id: 2, type: "remove", called: [1], ticks: [], accepted: false, queue: 0 },
          ...{ time: 6, duration: 1, refusedBy: evil("BExit") },
        },
      ],
    },
  ]));
  assertEquals(refusal, null);
  return store;
}

async function dbg(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "dbg/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return `${text(stdout)}${text(stderr)}exit ${code}\n`;
}

Deno.test("What machines say reaches the terminal neutralised, by every command, live and from a file", async () => {
  const store = hostile();
  const key = store.clients.keys().next().value!;
  const file = await Deno.makeTempFile({ suffix: ".jsonl.gz" });
  await exportFile(store, file);
  const server = startServer(store, { port: 0 });
  const commands: Readonly<Record<string, readonly string[]>> = {
    "list": ["list"],
    "list --json": ["list", "--json"],
    "show": ["show", key],
    "show --json": ["show", key, "--json"],
    "show of what is not there": ["show", evil("nobody")],
    "export of what is not there": ["export", "-", "--machine", evil("nobody")],
  };
  let all = "";
  for (const [name, args] of Object.entries(commands)) {
    const live = await dbg(...args, "--url", server.address);
    const filed = await dbg(...args, "--import", file);
    // Live it is connected; a file's machines are not.
    const alike = (text: string) =>
      text.replaceAll(" disconnected", "").replace('"connected":true', '"connected":false');
    assertEquals(alike(filed), alike(live), name);
    all += `=== ${name}\n${live}`;
  }
  all += `=== tail\n${await dbg("tail", "--import", file)}`;
  all += `=== an option\n${await dbg(evil("--option"))}`;
  all += `=== a file\n${await dbg("list", "--import", evil("file").replaceAll("\0", ""))}`;
  // deno-lint-ignore no-control-regex
  assertEquals(all.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]|\p{Cf}/u), null);
  assertEquals(/^fake/m.test(all), false);
  // JSON keeps what was said.
  const [summary] = JSON.parse(all.match(/^\[\{"id".*$/m)![0]);
  assertEquals([summary.id, summary.parent], [evil("id"), evil("parent")]);
  if (Deno.env.has("UPDATE")) await Deno.writeTextFile(GOLDEN, all);
  assertEquals(all, await Deno.readTextFile(GOLDEN));
  await server.close();
  await Deno.remove(file);
});

Deno.test("A command whose reader has gone ends quietly, after little output and after much", async () => {
  const store = hostile();
  const receiver = new Receiver(store);
  receiver.frame(JSON.stringify([
    {
      ...{ kind: "hello", machine: 0, version: 1, id: "many", instance: "i", parent: null },
      ...{ tags: [], names: ["A"], states: [{}], ticks: [0], groups: {} },
    },
    {
      ...{ kind: "batch", machine: 0, dropped: 0, logs: [] },
      transitions: Array.from({ length: 20_000 }, (_, id) => ({
        ...{ id: id + 1, type: "add", called: [0], ticks: [], accepted: true, queue: 0 },
        ...{ time: id, duration: 0 },
      })),
    },
  ]));
  const file = await Deno.makeTempFile({ suffix: ".jsonl.gz" });
  await exportFile(store, file);
  const server = startServer(store, { port: 0 });
  const commands = [`list`, `list --json`, `show many`, `show many --json`, `tail`, `export -`];
  const live = `--url ${server.address}`;
  const all = commands.flatMap((command) => [
    `${command} --import ${file}`,
    ...command === "tail" ? [] : [`${command} ${live}`],
  ]);
  for (const command of all) {
    for (const reader of ["true", "head -c 1"]) {
      const script = `{ ${Deno.execPath()} run -A --no-check dbg/main.ts ${command}; ` +
        `echo "exit $?" >&2; } | ${reader} >/dev/null`;
      const { stderr } = await new Deno.Command("sh", { args: ["-c", script], cwd: ROOT }).output();
      assertEquals(new TextDecoder().decode(stderr), "exit 0\n", `${command} | ${reader}`);
    }
  }
  await server.close();
  await Deno.remove(file);
});
