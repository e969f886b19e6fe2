/**
 * What one open page costs, and how long it takes from a press of the mouse to the new picture,
 * while machines in a process of their own send to a debugger in another.
 *
 *     deno run -A bench/dbg_page.ts [seconds] [machines] [rate]
 */
import { chromium } from "playwright-core";

const [seconds, machines, rate] = [30, 500, 20_000].map((normal, i) =>
  Number(Deno.args[i] ?? normal)
);
const root = `${import.meta.dirname}/..`;
const started: Deno.ChildProcess[] = [];

function start(...args: string[]): Deno.ChildProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  started.push(child);
  return child;
}

const pause = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));

/** Seconds of processor time that a process has used. */
async function cpu(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Of a group of processes by a word in their command line, below this one. */
async function browserCpu(): Promise<number> {
  let sum = 0;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.includes(profile)) sum += await cpu(Number(name)).catch(() => 0);
  }
  return sum;
}

const percentile = (values: number[], share: number) =>
  Number(values.sort((a, b) => a - b)[Math.floor(values.length * share)]?.toFixed(1));

const limit = setTimeout(() => {
  console.error("It took too long");
  for (const child of started) child.kill("SIGKILL");
  Deno.exit(1);
}, (seconds + 60) * 1000);

const free = Deno.listen({ port: 0, hostname: "127.0.0.1" });
const { port } = free.addr as Deno.NetAddr;
free.close();
const dbg = start(
  ...["dbg/main.ts", "--headless", "--max-mem", "400", "--listen", `127.0.0.1:${port}`],
);
await pause(2000);
const sender = start(
  "bench/dbg_load.ts",
  ...[seconds, machines, rate, `ws://127.0.0.1:${port}`].map(String),
);
await pause(4000);
const share = async (during: () => Promise<unknown>): Promise<[dbg: number, browser: number]> => {
  const [begin, before, seen] = [performance.now(), await cpu(dbg.pid), await browserCpu()];
  await during();
  const passed = (performance.now() - begin) / 1000;
  return [(await cpu(dbg.pid) - before) / passed, (await browserCpu() - seen) / passed];
};
const profile = await Deno.makeTempDir({ prefix: "am-bench-" });
const third = (seconds - 8) * 1000 / 3;
const [without] = await share(() => pause(third / 2));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  viewport: { width: 1280, height: 800 },
});
const page = await context.newPage();
await page.goto(`http://127.0.0.1:${port}/`);
await page.waitForSelector("#machines .row");
await pause(1000);
const [open, browser] = await share(() => pause(third));
const [again] = await share(async () => {
  await page.goto("about:blank");
  await pause(third / 2);
});
await page.goto(`http://127.0.0.1:${port}/`);
await page.waitForSelector("#machines .row");
// From the release of the button to the frame in which the pressed machine is the selected one.
await page.evaluate(`{
  globalThis.times = [];
  addEventListener("pointerup", (event) => {
    const start = performance.now();
    const key = event.target.closest("[data-machine]")?.dataset.machine;
    const look = () => {
      if (document.querySelector("#machines .selected")?.dataset.machine === key) {
        times.push(performance.now() - start);
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
}`);
let presses = 0;
for (const end = performance.now() + third - 1000; performance.now() < end; presses++) {
  // Row by row of those that are in sight.
  const box = (await page.locator("#machines .scroll").boundingBox())!;
  await page.mouse.move(box.x + 60, box.y + 30 + (presses * 7 % 25) * 20);
  await page.mouse.down();
  await pause(60 + presses % 60);
  await page.mouse.up();
  await pause(100);
}
const times = await page.evaluate("times") as number[];
console.log({
  machines,
  rate,
  debuggerWithoutPage: percentile([(without + again) / 2 * 100], 0),
  debuggerWithPage: percentile([open * 100], 0),
  pageCostsPercentOfCore: percentile([(open - (without + again) / 2) * 100], 0),
  browserPercentOfCore: percentile([browser * 100], 0),
  presses,
  drawn: times.length,
  clickToDrawnP50ms: percentile(times, 0.5),
  clickToDrawnP95ms: percentile(times, 0.95),
});
clearTimeout(limit);
await context.close();
for (const child of [sender, dbg]) child.kill("SIGTERM");
await Promise.all(started.map((child) => child.status));
await Deno.remove(profile, { recursive: true });
Deno.exit(0);
