import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A terminal of its own, by tmux on a socket of its own. */
class Tmux {
  readonly #socket = `am-dbg-${crypto.randomUUID().slice(0, 8)}`;

  async run(...args: string[]): Promise<string> {
    const { stdout, stderr, success } = await new Deno.Command("tmux", {
      args: ["-L", this.#socket, "-f", "/dev/null", ...args],
      cwd: ROOT,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  }

  /** The screen, as soon as it matches. */
  async shows(wanted: RegExp): Promise<string> {
    let screen = "";
    for (let i = 0; i < 200; i++) {
      screen = await this.run("capture-pane", "-p");
      if (wanted.test(screen)) return screen;
      await new Promise((next) => setTimeout(next, 50));
    }
    assertMatch(screen, wanted);
    return screen;
  }

  keys(...keys: string[]): Promise<string> {
    return this.run("send-keys", ...keys);
  }
}

async function inTerminal(test: (tmux: Tmux, port: number) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const tmux = new Tmux();
  await tmux.run("new-session", "-d", "-x", "100", "-y", "30", "sh");
  try {
    await tmux.keys("PS1='$ '; clear; echo BEFORE", "Enter");
    await tmux.shows(/^BEFORE$/m);
    await tmux.keys(
      `${Deno.execPath()} run -A dbg/main.ts --listen 127.0.0.1:${port}; echo "code $?"`,
      "Enter",
    );
    await tmux.shows(/Listening on 127\.0\.0\.1/);
    await test(tmux, port);
  } finally {
    await tmux.run("kill-server");
  }
}

Deno.test("dbg shows the demo's machine, step by step, and leaves the terminal as it was", async () => {
  await inTerminal(async (tmux, port) => {
    const output = await Deno.makeTempFile();
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "examples/process_file.ts", "README.md", output],
      cwd: ROOT,
      env: { AM_DBG_ADDR: `127.0.0.1:${port}` },
    }).output();
    assertEquals(success, true);
    const all = await tmux.shows(/▌ 2\/2/);
    assertStringIncludes(all, "FileProcessed (1)");
    assertStringIncludes(all, "+FileProcessed -ProcessingFile");
    await tmux.keys("Home");
    await tmux.shows(/▌ 0\/2/);
    await tmux.keys("s", ")");
    await tmux.shows(/Steps 1\/\d/);
    await tmux.keys("?");
    await tmux.shows(/┌─ Help /);
    await tmux.keys("Escape");
    await tmux.keys("C-q");
    assertStringIncludes(await tmux.shows(/^code 0$/m), "BEFORE");
    await Deno.remove(output);
  });
});

Deno.test("dbg says how to begin; from there an error is found and walked to its first cause", async () => {
  await inTerminal(async (tmux, port) => {
    const first = await tmux.shows(/Connect a program/);
    // The command that the screen names, with a program of five machines.
    const [, command] = first.match(/(AM_DBG_ADDR=\S+ AM_DBG_ARGS=1) deno run/)!;
    assertEquals(command, `AM_DBG_ADDR=127.0.0.1:${port} AM_DBG_ARGS=1`);
    const program = 'import { debugEnv } from "./telemetry/mod.ts";' +
      'import { playChain } from "./tests/dbg/chain.ts";' +
      "const debug = debugEnv()!; using _ = await playChain(() => {}); await debug.close();";
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", program],
      cwd: ROOT,
      env: { AM_DBG_ADDR: `127.0.0.1:${port}`, AM_DBG_ARGS: "1" },
    }).output();
    assertEquals(success, true);
    await tmux.shows(/Machines 5/);
    await tmux.keys("e");
    await tmux.shows(/api +RangeError: page 0 of 12/);
    await tmux.keys("Enter");
    for (
      const [tx, cause] of [
        ["api #3 add Exception", "api #2 thrown in FetchingState"],
        ["api #2 add Fetching", "gateway #1 BusyState"],
        ["gateway #1 add Busy", "peer #4 pipe"],
        ["peer #4 add Connecting", "network #1 HeartbeatState"],
        ["network #1 add Heartbeat", "clock #2 DueState"],
        ["clock #2 add Due", "clock #1 timeout of Waiting"],
        ["clock #1 add Waiting", "code outside of all handlers"],
      ]
    ) {
      await tmux.shows(new RegExp(`Why · ${tx}[^]*caused by +${cause}`));
      await tmux.keys("Enter");
    }
    await tmux.keys("[", "[", "[");
    await tmux.shows(/Why · peer #4[^]*"peer-9"/);
    // A terminal that takes what programs put into the clipboard gets it on request.
    await tmux.run("set-option", "-s", "set-clipboard", "on");
    await tmux.keys("y");
    await tmux.shows(/Copied: why/);
    const copied = await tmux.run("show-buffer");
    assertStringIncludes(copied, "peer #4 add Connecting · executed");
    assertStringIncludes(copied, '"10.0.0.9"');
  });
});

Deno.test("dbg shows the demo by one key, and opens a file", async () => {
  await inTerminal(async (tmux) => {
    await tmux.keys("o");
    await tmux.shows(/┌─ Open a file/);
    await tmux.keys("-l", "tests/dbg/tour.jsonl.gz");
    await tmux.keys("Enter");
    await tmux.shows(/Read: tests\/dbg\/tour.jsonl.gz \(2 machines\)/);
    await tmux.keys("BSpace");
    await tmux.shows(/Machines 1/);
    await tmux.keys("BSpace");
    await tmux.shows(/Connect a program/);
    await tmux.keys("d");
    await tmux.shows(/Machines 120/);
  });
});

Deno.test("dbg follows the terminal's size and puts it back on SIGTERM", async () => {
  await inTerminal(async (tmux) => {
    await tmux.run("resize-window", "-x", "80", "-y", "24");
    const small = await tmux.shows(/ \? help/);
    assertEquals(small.trimEnd().split("\n").length, 24);
    const pid = await tmux.run("display-message", "-p", "#{pane_pid}");
    await new Deno.Command("pkill", { args: ["-TERM", "-P", pid.trim()] }).output();
    assertEquals((await tmux.shows(/^code \d+$/m)).includes("Machines"), false);
    await tmux.keys("stty -a | tr ';' '\\n' | grep -o ' echo '", "Enter");
    await tmux.shows(/^ ?echo ?$/m);
  });
});

Deno.test("dbg puts the terminal back when it crashes", async () => {
  const tmux = new Tmux();
  await tmux.run("new-session", "-d", "-x", "80", "-y", "24", "sh");
  try {
    await tmux.keys("PS1='$ '; clear; echo BEFORE", "Enter");
    await tmux.shows(/^BEFORE$/m);
    const script = 'import{Terminal}from"./dbg/tui/terminal.ts";const t=new Terminal();t.open();' +
      't.write("DRAWN");setTimeout(()=>{throw new Error("bang")},300)';
    await tmux.keys(
      `echo '${script}' > /tmp/am_crash_$$.ts; cp /tmp/am_crash_$$.ts .tmp_crash.ts; ${Deno.execPath()} run -A .tmp_crash.ts; rm .tmp_crash.ts; echo "code $?"`,
      "Enter",
    );
    const screen = await tmux.shows(/^code \d$/m);
    assertStringIncludes(screen, "bang");
    assertStringIncludes(screen, "BEFORE");
  } finally {
    await tmux.run("kill-server");
  }
});

/** The debugger's process below the shell of the only window. */
async function pidOf(tmux: Tmux): Promise<number> {
  const shell = (await tmux.run("display-message", "-p", "#{pane_pid}")).trim();
  const { stdout } = await new Deno.Command("pgrep", { args: ["-P", shell, "-f", "dbg/main.ts"] })
    .output();
  return Number(new TextDecoder().decode(stdout).trim().split("\n")[0]);
}

/** Waits until a process has ended. */
async function ended(pid: number): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    try {
      Deno.statSync(`/proc/${pid}`);
    } catch {
      return true;
    }
    await new Promise((next) => setTimeout(next, 50));
  }
  return false;
}

/** Whether the terminal is as a shell wants it: echo, no mouse, the first screen. */
async function restored(tmux: Tmux): Promise<void> {
  await tmux.keys("stty -a | tr ';' '\\n' | grep -o ' echo '", "Enter");
  await tmux.shows(/^ ?echo ?$/m);
  const modes = await tmux.run("display-message", "-p", "#{alternate_on}#{mouse_any_flag}");
  assertEquals(modes.trim(), "00");
}

const MODES: Readonly<Record<string, readonly string[]>> = {
  "the lists": [],
  help: ["?"],
  "the export dialog": ["M-s"],
  "the search": ["/", "abc"],
};

for (const [mode, keys] of Object.entries(MODES)) {
  Deno.test(`dbg is suspended and goes on in ${mode}, by key and by signal`, async () => {
    await inTerminal(async (tmux) => {
      if (keys.length > 0) await tmux.keys(...keys);
      const pid = await pidOf(tmux);
      for (const stop of ["key", "SIGTSTP", "SIGSTOP"] as const) {
        if (stop === "key") await tmux.keys("C-z");
        else Deno.kill(pid, stop);
        const left = await tmux.shows(/Stopped/);
        if (stop !== "SIGSTOP") {
          assertStringIncludes(left, "BEFORE");
          assertEquals(/─ Machines \d/.test(left), false);
        }
        // A stop that cannot be caught leaves the terminal raw, where Enter ends no line.
        await tmux.keys("clear; echo BEFORE", "C-j");
        await tmux.shows(/^BEFORE/m);
        await tmux.keys("fg", "C-j");
        await tmux.shows(/Connect a program|┌─ Help /);
      }
      await tmux.keys("C-q");
      await tmux.shows(/Transitions: 0[^]*^\$/m); // the shell is back
      await restored(tmux);
    });
  });

  for (const signal of ["SIGQUIT", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
    Deno.test(`dbg puts the terminal back on ${signal} in ${mode}`, async () => {
      await inTerminal(async (tmux) => {
        if (keys.length > 0) await tmux.keys(...keys);
        Deno.kill(await pidOf(tmux), signal);
        await tmux.shows(/^code \d+$/m);
        await restored(tmux);
      });
    });
  }
}

Deno.test("dbg ends when its window is closed", async () => {
  await inTerminal(async (tmux) => {
    const pid = await pidOf(tmux);
    await tmux.run("new-window", "sh");
    await tmux.run("kill-window", "-t", ":0");
    assertEquals(await ended(pid), true);
  });
});

Deno.test("dbg types nothing by itself when sequences come in pieces, and draws again on ctrl+l", async () => {
  await inTerminal(async (tmux) => {
    const bytes = (text: string) =>
      Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0"));
    await tmux.keys("/");
    for (const text of ["\x1b[<65;90;5M", "\x1b[<64;3;5M", "\x1b[200~qqq\x1b[201~\x1b[A"]) {
      // The first two bytes together: a lone Escape is a key.
      const [escape, bracket, ...rest] = bytes(text);
      await tmux.keys("-H", escape, bracket);
      for (const byte of rest) await tmux.keys("-H", byte);
    }
    await tmux.shows(/search machines: qqq_? +no match/);
    await tmux.keys("C-l");
    const screen = await tmux.shows(/search machines: qqq_? +no match/);
    assertEquals(screen.includes("65;90"), false);
  });
});
