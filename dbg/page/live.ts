import { linkTo, type Message, type Place, type Store, view, type Viewport } from "../model/mod.ts";
import type { ClientData } from "../model/client_data.ts";
import { Session } from "../session.ts";
import { cut } from "../model/log_view.ts";
import { delta } from "./delta.ts";
import { parsePageMessage } from "./messages.ts";
import { type PageUpdate, type PageView, pageView } from "./page_view.ts";

/** Time between two views while machines send, in milliseconds; an answer to a person comes at once. */
const INTERVAL = 150;
/** A page takes at most one part in so many of the debugger's time. */
const SHARE = 12;
/** Bytes on their way to a page that does not read them. */
const BACKLOG = 1_000_000;

const START: Viewport = {
  clients: { from: 0, count: 60 },
  tree: { from: 0, count: 60 },
  log: 40,
  rain: 40,
  matrixRows: 40,
  matrixColumns: 40,
  timeline: 100,
};

/** Messages that go to another place: whoever sends one gives up the link that is not there. */
const MOVES: ReadonlySet<Message["kind"]> = new Set([
  "client",
  "clientBy",
  "move",
  "step",
  "position",
  "transition",
  "stepTo",
  "time",
  "first",
  "last",
  "jump",
  "touched",
  "error",
  "match",
  "equal",
  "go",
  "activation",
  "tail",
  "play",
]);

let pages = 0;

/** Serves one open page: a session of its own, whose view's changes are sent. */
export function live(store: Store, socket: WebSocket): void {
  // It looks for what machines have sent when it shows it, not by itself.
  const session = new Session(store, { id: `dbg-page-${++pages}`, rate: 1 / 600 });
  let viewport = START;
  let sent: PageView | null = null;
  let wanted: Place | null = null;
  let missing = "";
  let answered = 0;
  let fault = "";
  /** The page has drawn what it was sent: a hidden or busy page gets no more than that. */
  let drawn = true;
  let revision = -1;
  let shownModel: unknown = null;
  let answering: ReturnType<typeof setTimeout> | undefined;

  const tell = (update: PageUpdate) => socket.send(JSON.stringify(update));

  /** Goes to the wanted place, or says what of it is missing. */
  const follow = () => {
    if (wanted === null) return;
    missing = goTo(session, wanted);
    if (missing === "") wanted = null;
  };

  const show = () => {
    if (socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > BACKLOG) return;
    try {
      if (store.revision !== revision) {
        revision = store.revision;
        session.send({ kind: "received" });
        follow();
      }
      const { model } = session;
      const next = pageView(view(model, viewport), model, missing);
      const change = delta(sent, next);
      const told = { answered, ...(change !== undefined && { delta: change }) };
      tell(told);
      sent = next;
      shownModel = model;
      fault = "";
      drawn = false;
    } catch (error) {
      // Whatever a machine has sent: it must not end the debugger, nor this page.
      const text = String(error).slice(0, 500);
      if (text !== fault) tell({ answered, fault: text });
      fault = text;
      shownModel = session.model;
    }
  };

  const pace = () => {
    const start = performance.now();
    const news = store.revision !== revision || session.model !== shownModel;
    if (news && drawn) show();
    pacing = setTimeout(pace, Math.max(INTERVAL, (performance.now() - start) * SHARE));
  };
  let pacing = setTimeout(pace, INTERVAL);

  socket.onmessage = ({ data }) => {
    let message;
    try {
      message = parsePageMessage(data);
    } catch (error) {
      socket.close(4000, String((error as Error).message).slice(0, 100));
      return;
    }
    if (message.kind === "drawn") {
      drawn = true;
      return;
    }
    try {
      if (message.kind === "viewport") viewport = message.viewport;
      else if (message.kind === "link") {
        wanted = message;
        follow();
      } else {
        if (MOVES.has(message.kind)) [wanted, missing] = [null, ""];
        session.send(message);
      }
    } catch (error) {
      session.send({ kind: "notice", text: String(error) });
    }
    answered = message.n ?? answered;
    // One answer to all that came together.
    answering ??= setTimeout(() => {
      answering = undefined;
      show();
    });
  };
  socket.onerror = () => {};
  socket.onclose = () => {
    clearTimeout(pacing);
    clearTimeout(answering);
    session[Symbol.dispose]();
  };
}

/** Goes to a place; says what of it is not here. */
function goTo(session: Session, place: Place): string {
  const { machine, tx, step } = place;
  const client = session.store.clients.get(machine);
  if (client === undefined) {
    return `The link ${
      cut(linkTo(place), 200)
    } names a machine that is not here: it is shown when it comes.`;
  }
  session.send({ kind: "client", key: machine });
  if (tx === undefined) session.send({ kind: "tail", on: true });
  else if (tx === 0) session.send({ kind: "first" });
  else if (client.rowOf(tx) === -1) return absent(client, place, tx);
  else session.send({ kind: "transition", id: tx, step: step ?? 0 });
  return "";
}

function absent(client: ClientData, place: Place, tx: number): string {
  const link = cut(linkTo(place), 200);
  const { first, end } = client;
  if (first === end) return `The link ${link} names a transition, but the machine has none yet.`;
  const [oldest, newest] = [first, end - 1].map((row) => client.id(row));
  const why = tx < oldest ? "it has left memory" : "it is not here";
  return `The link ${link} names transition ${tx}: ${why}, ${oldest} to ${newest} are.`;
}
