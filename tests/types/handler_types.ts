/** Compile-time tests: handler names are exact, for any case and alphabet. */
import { Machine } from "../../mod.ts";
import type { HandlerEvent, PairTarget } from "../../mod.ts";

const machine = new Machine({
  downloading: {},
  Connected: {},
  get: {},
  États: {},
  éteint: {},
  状态: {},
  "2nd": {},
  "with space": {},
});

machine.bindHandlers({
  downloadingState: (e) => e.add("Connected"),
  downloadingConnected: () => true,
  Connecteddownloading: () => false,
  getState: () => 1,
  getEnd: () => {},
  ÉtatsEnter: () => true,
  éteintExit: () => true,
  状态State: () => {},
  "状态2nd": () => true,
  "2ndState": () => {},
  "with spaceEnter": () => true,
  downloadingdownloading: () => true,
  // These are free.
  close: () => 1,
  setState: () => 1,
  count: 1,
  状态: 1,
});
// @ts-expect-error: only the first letter's case is wrong
machine.bindHandlers({ connectedState: () => {} });
// @ts-expect-error: only the first letter's case is wrong
machine.bindHandlers({ DownloadingState: () => {} });
// @ts-expect-error: only the first letter's case is wrong, of a pair
machine.bindHandlers({ DownloadingConnected: () => {} });
// @ts-expect-error: only the first letter's case is wrong, with an accent
machine.bindHandlers({ ÉteintState: () => {} });
// @ts-expect-error: only the first letter's case is wrong
machine.bindHandlers({ anyEnter: () => {} });
// @ts-expect-error: capitalised, and no handler
machine.bindHandlers({ Close: () => {} });
// @ts-expect-error: an asynchronous negotiation handler
machine.bindHandlers({ downloadingEnter: async () => await Promise.resolve(true) });

class Good {
  count = 0;
  downloadingState(): void {}
  close(): void {}
  getName(): string {
    return "";
  }
}
machine.bindHandlers(new Good());
class Bad {
  connectedState(): void {}
}
// @ts-expect-error: only the first letter's case is wrong, in a class
machine.bindHandlers(new Bad());

machine.on("downloadingState", () => {});
machine.on("AnyState", (e) => e.name);
machine.on("Connected状态", () => true);
// @ts-expect-error: `on` takes handlers only
machine.on("close", () => {});
// @ts-expect-error: `on` takes exact names only
machine.on("connectedState", () => {});

// Handlers that name their event's type fit.
const named = (e: HandlerEvent<{ Connected: unknown; downloading: unknown }>) =>
  void e.machine.add("Connected");
new Machine({ Connected: {}, downloading: {} }).bindHandlers({ ConnectedState: named });

// A pair is found wherever the name can be split.
const found: PairTarget<"A" | "AB" | "C" | "BC", "ABC"> = "BC";
// @ts-expect-error: the first split of "AABC" that fits is A and ABC, which is no state
const none: PairTarget<"A" | "C", "AABC"> = "C";
void [found, none];
