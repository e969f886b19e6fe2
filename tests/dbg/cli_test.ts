import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOUR = "tests/dbg/tour.jsonl.gz";

function command(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "dbg/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function dbg(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await command(args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("dbg list, show and tail read a file", async () => {
  const list = await dbg("list", "--json", "--import", TOUR);
  assertEquals([list.code, list.err], [0, ""]);
  assertEquals(JSON.parse(list.out), [
    {
      id: "client",
      parent: "server",
      connected: false,
      states: 3,
      transitions: 6,
      errors: 0,
      dropped: 0,
    },
    {
      id: "server",
      parent: null,
      connected: false,
      states: 5,
      transitions: 14,
      errors: 1,
      dropped: 0,
    },
  ]);
  const plain = await dbg("list", "--import", TOUR);
  assertEquals(plain.out, "client (6) disconnected\nserver (14) disconnected\n");
  const show = await dbg("show", "server", "--import", TOUR);
  assertStringIncludes(show.out, "6 [cancel] (Work) by WorkEnter\n");
  const json = await dbg("show", "client", "--json", "--import", TOUR);
  const rows = json.out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([rows.length, rows[0].type, rows[0].machine], [6, "add", "client"]);
  const tail = await dbg("tail", "--import", TOUR);
  assertStringIncludes(tail.out, "client 1 [add] Connecting\n");
});

Deno.test("dbg collects without a screen, answers while it runs, and asks for the token", async () => {
  const child = command([
    "--headless",
    "--listen",
    "127.0.0.1:0",
    "--token",
    "t0",
    "--import",
    TOUR,
  ])
    .spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) said += (await reader.read()).value ?? "\n";
  const url = `http://${said.match(/Listening on (\S+)/)![1]}`;
  const output = await Deno.makeTempFile({ suffix: ".jsonl.gz" });
  try {
    const list = await dbg("list", "--url", url, "--token", "t0");
    assertEquals([list.code, list.out], [0, "client (6) disconnected\nserver (14) disconnected\n"]);
    const refused = await dbg("list", "--url", url);
    assertEquals([refused.code, refused.err], [2, "dbg: Token is missing or wrong\n"]);
    const unknown = await dbg("show", "nobody", "--url", url, "--token", "t0");
    assertEquals([unknown.code, unknown.err], [2, 'dbg: Machine "nobody" is not known\n']);
    const one = await dbg("export", output, "--machine", "client", "--url", url, "--token", "t0");
    assertEquals([one.code, one.err], [0, ""]);
    assertEquals((await dbg("list", "--import", output)).out, "client (6) disconnected\n");
    const taken = await dbg("--headless", "--listen", url.slice(7));
    assertEquals(taken.code, 2);
    assertMatch(taken.err, /^dbg: Cannot listen on .*\n$/);
  } finally {
    child.kill("SIGTERM");
    await reader.cancel();
    const { code } = await child.status;
    const out = await new Response(child.stdout).text();
    assertEquals([code, out], [0, "Clients: 2\nTransitions: 20\n"]);
    await Deno.remove(output);
  }
});

Deno.test("dbg refuses bad input in one line, with exit code 2", async () => {
  const broken = await Deno.makeTempFile();
  await Deno.writeTextFile(broken, "no gzip");
  const wrong: [string[], RegExp][] = [
    [["--bogus"], /bogus/],
    [["nonsense"], /nonsense/],
    [["show"], /Missing argument/],
    [["--listen", "6831"], /host:port/],
    [["--listen", "0.0.0.0:6899"], /needs --token/],
    [["--max-mem", "much"], /number/],
    [["--max-mem", "0"], /more than 0/],
    [["list", "--url", "ftp://x"], /no address of a debugger: host:port/],
    [["list", "--url", "http://127.0.0.1:9"], /Cannot reach/],
    [["list", "--import", "none.gz"], /Cannot read "none.gz"/],
    [["list", "--import", broken], /Cannot read/],
    [["show", "nobody", "--import", TOUR], /nobody/],
    [["export", "/nowhere/x.gz", "--import", TOUR], /Cannot write/],
  ];
  for (const [args, message] of wrong) {
    const { code, out, err } = await dbg(...args);
    assertEquals([code, out], [2, ""], `${args}: ${err}`);
    assertMatch(err, message);
    assertEquals(err.trim().split("\n").length, 1, err);
  }
  await Deno.remove(broken);
});

Deno.test("dbg shows itself in another debugger, but not in itself", async () => {
  const started = async (...args: string[]) => {
    const child = command(["--headless", "--listen", "127.0.0.1:0", ...args]).spawn();
    const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    const [, address] = (await lines.read()).value!.match(/Listening on (\S+)/)!;
    await lines.cancel();
    return { child, address };
  };
  const outer = await started();
  const inner = await started("--dbg-self", outer.address, "--clean-on-connect");
  let shown = "";
  for (let i = 0; i < 100 && !shown.includes("+Start"); i++) {
    shown = (await dbg("show", "dbg", "--url", `http://${outer.address}`)).out;
  }
  assertStringIncludes(shown, "[state] +Start +ClientMsg");
  for (const { child } of [inner, outer]) {
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await child.stdout.cancel();
  }
  const own = await dbg(
    "--headless",
    "--listen",
    "127.0.0.1:17999",
    "--dbg-self",
    "127.0.0.1:17999",
  );
  assertEquals([own.code, own.err], [2, "dbg: --dbg-self is this debugger's own address\n"]);
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['--dbg-self: "nonsense" is no address', "--dbg-self", "nonsense"],
    ["--view has to be one of tree-log", "--view", "nope"],
    ["--select-transition needs --select-machine", "--select-transition", "3"],
    ['Machine "nope" is not known', "--import", TOUR, "--select-machine", "nope"],
    ["Cannot write", "--log-file", "/nope/log"],
  ];
  for (const [text, ...args] of cases) {
    const { code, err } = await dbg("--headless", "--listen", "127.0.0.1:0", ...args);
    assertEquals(code, 2, text);
    assertStringIncludes(err, text);
    assertEquals(err.trim().split("\n").length, 1, err);
  }
});
