import type { ClientView, View } from "../model/mod.ts";
import { cutEnd, cutMiddle, textColumns } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";
import { type Box, type Hit, title, windowOf } from "./panel.ts";

/** Columns of the flags: an error, Start, Ready, gone. */
const FLAGS = 4;

const ORDERS: Readonly<Record<View["sort"], string>> = {
  tree: "",
  activity: "by activity",
  errors: "by errors",
};

/** The columns that a machine's line would like to have. */
export function wishOf(clients: readonly ClientView[]): number {
  let most = 0;
  for (const client of clients) {
    const fixed = FLAGS + 2 + countOf(client).length + textColumns(client.guide);
    most = Math.max(most, fixed + textColumns(client.id));
  }
  return most;
}

/** Draws the list of machines, and the search in it. */
export function drawMachines(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { clients, totals, search } = view;
  const focused = view.focus === "clients";
  title(grid, box, `Machines ${totals.clients}`, focused);
  drawSearch(grid, view, box);
  hits.push({
    x: box.x,
    y: box.y + 1,
    width: box.width,
    click: () => ({ kind: "typing", on: true, in: "clients" }),
  });
  const height = box.height - 2;
  const at = clients.findIndex((one) => one.cursor || one.selected);
  const first = windowOf(clients.length, height, at);
  clients.slice(first, first + height).forEach((client, i) => {
    const y = box.y + 2 + i;
    drawFlags(grid, box.x, y, client);
    const count = countOf(client);
    const room = box.width - FLAGS - count.length - 2;
    const start = box.x + FLAGS + 1;
    const from = grid.text(start, y, client.guide, "dim", Math.max(Math.floor(room / 2), 2));
    const name = cutMiddle(client.id, room - (from - start));
    const end = grid.text(from, y, name, styleOf(client));
    if (client.selected) grid.paint(from, y, end - from, "selected");
    grid.text(box.x + box.width - count.length, y, count, "dim");
    if (client.cursor && focused) grid.paint(box.x, y, box.width, "cursor");
    hits.push({
      x: box.x,
      y,
      width: box.width,
      click: () => ({ kind: "client", key: client.key }),
    });
  });
  if (clients.length === 0 && search.in === "clients" && search.text !== "") {
    grid.text(box.x + 1, box.y + 3, "no match", "error", box.width - 1);
  }
}

/** The field of the search; it says how many machines it hides. */
function drawSearch(grid: Grid, view: View, box: Box): void {
  const { search, clientsHidden, clientsPart } = view;
  const own = search.in === "clients";
  if (!own || !search.typing && search.text === "") {
    // Where there is no room for both, the order is what one cannot guess.
    const order = ORDERS[view.sort];
    const end = box.x + box.width - textColumns(order) - 1;
    if (order === "" || end > box.x + 9) grid.text(box.x, box.y + 1, "/ search", "dim", box.width);
    if (order !== "") grid.text(Math.max(end, box.x), box.y + 1, order, "dim", box.width);
    return;
  }
  const count = clientsHidden > 0 ? `${clientsPart.total} of ${view.totals.clients}` : "";
  const room = box.width - 3 - textColumns(count);
  let x = grid.text(box.x, box.y + 1, "/ ", "accent");
  x = grid.text(x, box.y + 1, cutEnd(search.text, room - 1), "bold");
  if (search.typing) grid.text(x, box.y + 1, "_", "accent");
  const style = clientsPart.total === 0 ? "error" : "dim";
  grid.text(box.x + box.width - textColumns(count), box.y + 1, count, style);
}

function drawFlags(grid: Grid, x: number, y: number, client: ClientView): void {
  const { errorNow, errorRecently, started, ready, connected } = client;
  if (errorNow) grid.text(x, y, "E", "error");
  else grid.text(x, y, errorRecently ? "e" : "·", errorRecently ? "warning" : "dim");
  grid.text(x + 1, y, started ? "S" : "·", started ? "active" : "dim");
  grid.text(x + 2, y, ready ? "R" : "·", ready ? "active" : "dim");
  if (!connected) grid.text(x + 3, y, "✕", "dim");
}

function countOf({ transitions, more }: ClientView): string {
  return `${transitions}${more ? "+" : ""}`;
}

function styleOf(client: ClientView): Style {
  if (client.errorNow) return "error";
  if (!client.connected) return "dim";
  return client.errorRecently ? "warning" : "normal";
}
