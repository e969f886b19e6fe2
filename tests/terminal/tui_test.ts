import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const ROOT = new URL("../../", import.meta.url).pathname;

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
    const all = await tmux.shows(/Transition 2 \/ 2/);
    assertStringIncludes(all, "FileProcessed (1)");
    assertStringIncludes(all, "+FileProcessed -ProcessingFile");
    await tmux.keys("Home");
    await tmux.shows(/Next mutation step 0 \/ \d/);
    await tmux.keys("M-n");
    await tmux.shows(/Next mutation step 1 \/ \d/);
    await tmux.keys("?");
    await tmux.shows(/┌─ Keys ─/);
    await tmux.keys("Escape");
    await tmux.keys("C-q");
    assertStringIncludes(await tmux.shows(/^code 0$/m), "BEFORE");
    await Deno.remove(output);
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
