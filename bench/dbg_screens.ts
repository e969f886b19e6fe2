/**
 * The debugger's screens under load: machines in a process of their own send to a debugger in a
 * real terminal (tmux); a key is pressed there, and one on its page (Chromium), until both show it.
 *
 *     deno run -A bench/dbg_screens.ts [seconds] [machines] [rate] [view]
 */
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [seconds, machines, rate] = [20, 500, 20_000].map((normal, i) =>
  Number(Deno.args[i] ?? normal)
);
/** How long the whole may take: whatever hangs, it ends, and its children with it. */
const LIMIT = (seconds + 60) * 1000;
const socket = `am-bench-${Deno.pid}`;
const root = fileURLToPath(new URL("../", import.meta.url));

async function tmux(...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("tmux", { args: ["-L", socket, ...args] }).output();
  return new TextDecoder().decode(stdout);
}

const pause = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));
const percentile = (values: number[], share: number) =>
  Number(values.sort((a, b) => a - b)[Math.floor(values.length * share)].toFixed(1));

/** Presses the key for the next view, and waits for its panels. */
const PRESS = `new Promise((resolve) => {
  const panels = () => [...document.querySelectorAll("#main h2")]
    .map((one) => one.textContent.replace(/\\W.*/, "")).join();
  const start = performance.now();
  const before = panels();
  const look = () =>
    panels() === before ? requestAnimationFrame(look) : resolve(performance.now() - start);
  dispatchEvent(new KeyboardEvent("keydown", { key: "v" }));
  look();
})`;

const ending: (() => unknown)[] = [() => tmux("kill-server")];
async function end(code: number, why?: string): Promise<never> {
  if (why !== undefined) console.error(why);
  for (const one of ending.reverse()) await (async () => await one())().catch(() => {});
  Deno.exit(code);
}
setTimeout(() => end(1, `Not done within ${LIMIT / 1000} s`), LIMIT);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => end(1, signal));
}
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  end(1, String(event.reason));
});

await tmux(
  ...["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40"],
  `cd "${root}"; ${Deno.execPath()} run -A dbg/main.ts --max-mem 400 --listen 127.0.0.1:0 --view ${
    Deno.args[3] ?? "tree-log"
  }`,
);
/** The port that was free: the screen says it while no machine is there. */
let port = "";
while (port === "") {
  await pause(100);
  port = (await tmux("capture-pane", "-p")).match(/127\.0\.0\.1:([1-9]\d*)/)?.[1] ?? "";
}
const sender = new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "-A", `${root}bench/dbg_load.ts`],
    ...[seconds, machines, rate, `ws://127.0.0.1:${port}`].map(String),
  ],
  stdout: "piped",
}).spawn();
ending.push(() => sender.kill());
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
ending.push(() => browser.close());
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${port}/`);
await pause(2000);
const terminal: number[] = [];
const web: number[] = [];
const deadline = performance.now() + (seconds - 4) * 1000;
let poll = 0;
for (let n = 0; performance.now() < deadline; n++) {
  // `?` opens the help, Escape closes it: seen on the next screen, whatever machines do.
  const shown = n % 2 === 0;
  const start = performance.now();
  await tmux("send-keys", shown ? "?" : "Escape");
  const pressed = performance.now();
  for (;;) {
    const text = await tmux("capture-pane", "-p");
    if (text.includes("┌─ Help ") === shown) break;
  }
  terminal.push(performance.now() - start);
  poll += pressed - start;
  web.push(await page.evaluate(PRESS));
  await pause(100);
}
const { sent, dropped } = JSON.parse(await new Response(sender.stdout).text());
await pause(500);
const list: { transitions: number; dropped: number }[] =
  await (await fetch(`http://127.0.0.1:${port}/api/list`)).json();
const pid = (await tmux("display-message", "-p", "#{pane_pid}")).trim();
const memory = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", pid, "--ppid", pid] })
  .output();
console.log({
  machines: list.length,
  sent,
  droppedBySender: dropped,
  droppedShown: list.reduce((sum, one) => sum + one.dropped, 0),
  kept: list.reduce((sum, one) => sum + one.transitions, 0),
  memoryMB: Math.round(
    Math.max(...new TextDecoder().decode(memory.stdout).trim().split("\n").map(Number)) / 1000,
  ),
  keys: terminal.length,
  sendKeyMs: Number((poll / terminal.length).toFixed(1)),
  keyToDrawnP50ms: percentile(terminal, 0.5),
  keyToDrawnP95ms: percentile(terminal, 0.95),
  pageP50ms: percentile(web, 0.5),
  pageP95ms: percentile(web, 0.95),
});
await end(0);
