/** The page's socket under messages of every kind, from machines and from the page. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { startServer, Store } from "../../dbg/main.ts";
import { live } from "../../dbg/page/live.ts";
import { parsePageMessage } from "../../dbg/page/messages.ts";
import { pageHandler } from "../../dbg/page/mod.ts";
import { Receiver } from "../../dbg/receiver.ts";
import { pageTexts } from "./page_messages.ts";
import { frames } from "./wire_messages.ts";

/** `deno task fuzz:wire` asks for 10,000. */
const RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 300);
const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
console.log(`FUZZ_SEED=${seed}`);
const options = { numRuns: RUNS, seed, endOnFailure: true };

/** A page's socket without a network. */
class PageSocket {
  readonly sent: { answered: number; fault?: string }[] = [];
  closed: [code: number, reason: string] | null = null;
  readyState: number = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code: number, reason: string): void {
    if (this.closed !== null) return;
    this.closed = [code, reason];
    this.readyState = WebSocket.CLOSED;
    this.onclose?.();
  }
}

function isRead(text: string): boolean {
  try {
    parsePageMessage(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("Whatever machines and the page send, the page is shown it, or is told what was wrong", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frames, { maxLength: 2 }),
      fc.array(pageTexts, { minLength: 1, maxLength: 8 }),
      async (machines, texts) => {
        const store = new Store({ maxClients: 20 });
        const socket = new PageSocket();
        live(store, socket as unknown as WebSocket);
        machines.forEach((frame) => new Receiver(store).frame(frame));
        for (const text of texts) {
          if (socket.closed === null) socket.onmessage!({ data: text });
        }
        const wrong = texts.find((text) => !isRead(text));
        if (wrong === undefined) {
          await new Promise((next) => setTimeout(next));
          assertEquals(socket.closed, null);
          const asked = texts.some((text) => JSON.parse(text).kind !== "drawn");
          assert(!asked || socket.sent.length > 0, "the page was not answered");
          socket.close(1000, "");
        } else {
          assertEquals(socket.closed![0], 4000);
          assertMatch(socket.closed![1], /^.{1,100}$/su);
        }
        // Nothing that was sent could not be shown.
        assertEquals(socket.sent.flatMap(({ fault }) => fault ?? []), []);
      },
    ),
    options,
  );
});

Deno.test("A debugger lives through what pages send, and shows machines to the next one", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, page: pageHandler(store) });
  const samples = fc.sample(fc.array(pageTexts, { minLength: 1, maxLength: 5 }), {
    numRuns: Math.min(RUNS, 500),
    seed,
  });
  const machines = fc.sample(frames, { numRuns: samples.length, seed });
  const page = (texts: readonly string[]) =>
    new Promise<CloseEvent>((resolve) => {
      const socket = new WebSocket(`ws://${server.address}/live`);
      socket.onclose = resolve;
      socket.onopen = () => {
        for (const text of texts) socket.send(text);
        socket.close(1000);
      };
    });
  for (let at = 0; at < samples.length; at += 20) {
    machines.slice(at, at + 20).forEach((frame) => new Receiver(store).frame(frame));
    for (const { code } of await Promise.all(samples.slice(at, at + 20).map(page))) {
      // 1005: both ends closed it at the same time. A torn one would be 1006.
      assert([1000, 1005, 4000].includes(code), `closed with ${code}`);
    }
  }
  const seen = await new Promise<string>((resolve) => {
    const socket = new WebSocket(`ws://${server.address}/live`);
    socket.onmessage = ({ data }) => {
      resolve(data);
      socket.close();
    };
    socket.onopen = () => socket.send('{"kind":"first","n":7}');
  });
  assertEquals(JSON.parse(seen).answered, 7);
  await server.close();
});
