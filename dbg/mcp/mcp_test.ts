/** The tools as an assistant has them: the SDK's own client starts `dbg mcp` and calls them. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Client } from "npm:@modelcontextprotocol/sdk@1.32.2/client/index.js";
import { StdioClientTransport } from "npm:@modelcontextprotocol/sdk@1.32.2/client/stdio.js";
import { connectDebugger } from "../../telemetry/mod.ts";
import { CHAIN, FAILURE, playChain } from "../../tests/dbg/chain.ts";
import { Machine } from "../../mod.ts";
import { Store } from "../model/mod.ts";
import { startServer } from "../server.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Tools extends AsyncDisposable {
  readonly client: Client;
  /** The answer of a tool. */
  // deno-lint-ignore no-explicit-any
  call(name: string, parameters?: object): Promise<any>;
  /** What it says is wrong. */
  fails(name: string, parameters?: object): Promise<string>;
  /** The text of an answer. */
  text(name: string, parameters?: object): Promise<string>;
}

/** Starts `dbg mcp` as an assistant does. */
async function tools(...args: string[]): Promise<Tools> {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({
      command: Deno.execPath(),
      args: ["run", "-A", "--no-check", "dbg/main.ts", "mcp", ...args],
      cwd: ROOT,
      env: Deno.env.toObject(),
    }),
    { timeout: 120_000 },
  );
  const result = async (name: string, parameters: object = {}) => {
    const found = await client.callTool(
      { name, arguments: parameters as Record<string, unknown> },
      undefined,
      { timeout: 120_000 },
    );
    const [{ text }] = found.content as { text: string }[];
    return { text, isError: found.isError === true };
  };
  return {
    client,
    async call(name, parameters) {
      const { text, isError } = await result(name, parameters);
      assert(!isError, text);
      return JSON.parse(text);
    },
    async fails(name, parameters) {
      const { text, isError } = await result(name, parameters);
      assert(isError, text);
      return text;
    },
    text: async (name, parameters) => (await result(name, parameters)).text,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Walks from the newest error to its first cause, by tools alone. */
async function findCause({ call }: Tools): Promise<{ machine: string; transition: number }[]> {
  const { errors: [error] } = await call("errors");
  assert.match(error.text, new RegExp(`RangeError: ${FAILURE}`));
  const path = [];
  let at = { machine: error.last.machine, transition: error.last.transition };
  for (;;) {
    path.push(at);
    const { causes } = await call("why", at);
    if (causes.length === 0) return path;
    at = { machine: causes[0].machine, transition: causes[0].transition };
  }
}

Deno.test("The tools are listed, and all of them only read", async () => {
  await using dbg = await tools("--import", "tests/dbg/chain.jsonl.gz");
  const { tools: all } = await dbg.client.listTools();
  assert.deepEqual(
    all.map(({ name }: { name: string }) => name),
    ["machines", "state", "transitions", "why", "errors", "search", "wait"],
  );
  for (const { description, annotations, inputSchema } of all) {
    assert(description!.length > 20);
    assert.equal(annotations!.readOnlyHint, true);
    assert.equal(inputSchema.type, "object");
  }
});

Deno.test("The first cause of an error is found over five machines of a file", async () => {
  await using dbg = await tools("--import", "tests/dbg/chain.jsonl.gz");
  const path = await findCause(dbg);
  assert.deepEqual([...new Set(path.map(({ machine }) => machine))].reverse(), [...CHAIN]);
  const { causes, end, error } = await dbg.call("why", path[0]);
  assert.equal(causes.length, path.length - 1);
  assert.equal(causes.at(-1).machine, CHAIN[0]);
  assert.match(end, /first cause/);
  assert.match(error.stack[0], /chain\.ts/);
  const { refusal } = await dbg.call("why", {
    machine: "peer",
    transition: (await dbg.call("transitions", { machine: "peer", outcome: "canceled" }))
      .transitions[0].transition,
  });
  assert.equal(refusal.relations[0].text, "Connected requires Online");
  const { matches } = await dbg.call("search", { text: "PAGE 0" });
  assert(matches.some((match: { machine: string }) => match.machine === "api"));
  const { states } = await dbg.call("state", { machine: "api" });
  assert.equal(states.find((one: { name: string }) => one.name === "Exception").active, true);
});

Deno.test("A running debugger is asked while machines send: waits, errors, the first cause", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, token: "secret" });
  try {
    await using dbg = await tools("--url", server.address, "--token", "secret");
    assert.deepEqual((await dbg.call("machines")).machines, []);
    assert.equal((await dbg.call("wait", { error: true, seconds: 0 })).met, false);
    const active = dbg.call("wait", { machine: "peer", active: ["Maintenance"], seconds: 50 });
    const failed = dbg.call("wait", { error: true, from: 0, seconds: 50 });
    const connections: { close(): Promise<void> }[] = [];
    using _chain = await playChain((machine) => {
      const url = `ws://${server.address}`;
      connections.push(connectDebugger(machine, { url, token: "secret", args: true }));
    });
    const { met, active: states } = await active;
    assert.deepEqual([met, states.includes("Maintenance")], [true, true]);
    const { newest } = await failed;
    assert.equal(newest.machine, "api");
    await Promise.all(connections.map((one) => one.close()));
    const path = await findCause(dbg);
    assert.deepEqual([...new Set(path.map(({ machine }) => machine))].reverse(), [...CHAIN]);
  } finally {
    await server.close();
  }
});

Deno.test("What was only for a moment is not missed by a wait", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  try {
    await using dbg = await tools("--url", server.address);
    const machine = new Machine({ Blink: {}, Rest: {} }, { id: "lamp" });
    const connection = connectDebugger(machine, { url: `ws://${server.address}` });
    const waiting = dbg.call("wait", { machine: "lamp", active: ["Blink"], seconds: 50 });
    // As soon as the machine is there, the wait has somewhere to go on from.
    machine.add("Rest");
    const seen = await dbg.call("wait", { machine: "lamp", active: ["Rest"], seconds: 50 });
    assert.equal(seen.met, true);
    machine.add("Blink");
    machine.remove("Blink");
    const { met, after } = await waiting;
    assert.deepEqual([met, after.title.includes("Blink")], [true, true]);
    await connection.close();
    machine.dispose();
  } finally {
    await server.close();
  }
});

Deno.test("Hostile texts are escaped, come back exactly, and answers are bounded", async () => {
  const file = await Deno.makeTempFile({ suffix: ".jsonl" });
  const id = "evil\u202egnp\u001b[2J\u0007\n";
  const names = Array.from({ length: 5000 }, (_, i) => `State${i}${"x".repeat(100)}`);
  const hello = {
    ...{ kind: "hello", machine: 0, version: 2, id, instance: "i", parent: null, tags: [], names },
    ...{ states: names.map(() => ({})), ticks: names.map(() => 0), groups: {} },
  };
  const transitions = Array.from({ length: 2000 }, (_, i) => ({
    ...{ id: i + 1, type: "add", called: names.map((_, i) => i), accepted: true, queue: 0 },
    ...{
      ticks: [i, 1],
      time: i,
      duration: 0,
      args: { text: "\u202e\u001b]0;x\u0007".repeat(900) },
    },
    err: { name: "Error", message: "\u202e".repeat(9000), stack: "at x\n".repeat(1900) },
  }));
  const lines = [hello];
  for (let i = 0; i < transitions.length; i += 50) {
    const part = transitions.slice(i, i + 50);
    lines.push({ kind: "batch", machine: 0, dropped: 0, transitions: part, logs: [] } as never);
  }
  await Deno.writeTextFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  try {
    await using dbg = await tools("--import", file);
    const [machine] = (await dbg.call("machines")).machines;
    assert.equal(machine.id, id);
    const asks: [string, object][] = [
      ["machines", { limit: 500 }],
      ["state", { machine: id }],
      ["transitions", { machine: id, limit: 500 }],
      ["why", { machine: id, transition: 7 }],
      ["errors", { limit: 500 }],
      ["search", { text: "\u202e", limit: 500 }],
      ["wait", { machine: id, active: [names[0]], seconds: 0 }],
    ];
    for (const [name, parameters] of asks) {
      const text = await dbg.text(name, parameters);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f]|\p{Cf}/u, name);
      assert(text.length < 100_000, `${name}: ${text.length}`);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("What is wrong with a call is said, and the next call works", async () => {
  await using dbg = await tools("--import", "tests/dbg/chain.jsonl.gz");
  const wrong: [string, object, RegExp][] = [
    ["why", { machine: "api" }, /"transition" is missing/],
    ["why", { machine: "api", transition: 999 }, /Transition 999 of "api" is not here/],
    ["why", { machine: "api", transition: "1" }, /has to be a whole number/],
    ["state", { machine: "__proto__" }, /Machine "__proto__" is not known/],
    ["transitions", { machine: "api", states: ["Nope"] }, /State "Nope" is not one of "api"/],
    ["transitions", { machine: "api", outcome: "x" }, /executed or canceled/],
    ["machines", { toString: 1 }, /Parameter "toString" is not known/],
    ["errors", { limit: -1 }, /has to be a whole number/],
    ["search", { text: "" }, /"text" is empty/],
    ["wait", {}, /A wait needs/],
    ["wait", { error: true, seconds: 51 }, /0 to 50/],
    ["constructor", {}, /Question "constructor" is not known/],
  ];
  for (const [name, parameters, said] of wrong) {
    assert.match(await dbg.fails(name, parameters), said);
  }
  assert.equal((await dbg.call("machines")).total, 5);
});

Deno.test("No debugger that answers, and a file that is not there, are said", async () => {
  await using dbg = await tools("--url", "127.0.0.1:9");
  assert.match(await dbg.fails("machines"), /Cannot reach a debugger at http:\/\/127.0.0.1:9/);
  for (
    const [args, said] of [
      [["--import", "nowhere.jsonl"], /^dbg: Cannot read "nowhere.jsonl".*\n$/],
      [["--import", "-"], /^dbg: --import - is not possible.*\n$/],
      [["--url", "::"], /^dbg: --url.*\n$/],
    ] as const
  ) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "dbg/main.ts", "mcp", ...args],
      cwd: ROOT,
      stdin: "null",
    }).output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), said);
  }
});
