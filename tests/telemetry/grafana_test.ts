import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { grafanaDashboard } from "../../gen/grafana.ts";
import { pushDashboard } from "../../gen/grafana_push.ts";

const OPTIONS = { ids: ["a", 'b "c"'], name: "My machines", source: "prom" };

Deno.test("grafanaDashboard() has a row and the panels for each machine", () => {
  const { title, panels } = grafanaDashboard(OPTIONS);
  assertEquals(title, "My machines");
  const rows = panels.filter(({ type }) => type === "row").map((row) => row.title);
  assertEquals(rows, ["Machine a", 'Machine b "c"']);
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  const exprs = panels.slice(panels.length / 2).flatMap(({ targets = [] }) => targets);
  for (const { expr } of exprs) assertEquals(expr.includes('{machine="b \\"c\\""'), true, expr);
  assertEquals(panels.every(({ title }) => !title.includes("$m")), true);
});

Deno.test("grafanaDashboard() has no overlapping panels", () => {
  const taken = new Set<string>();
  for (const { gridPos } of grafanaDashboard(OPTIONS).panels) {
    const { x, y, w, h } = gridPos as Record<"x" | "y" | "w" | "h", number>;
    for (let i = 0; i < w * h; i++) {
      const cell = `${x + i % w},${y + Math.floor(i / w)}`;
      assertEquals(taken.has(cell) || x + w > 24, false, cell);
      taken.add(cell);
    }
  }
});

Deno.test("grafanaDashboard() keeps its uid for the same name", () => {
  const uid = (name: string) => grafanaDashboard({ ...OPTIONS, name }).uid;
  assertEquals(uid("One"), uid("One"));
  assertEquals(uid("One") === uid("one!"), false);
  assertEquals(uid("x".repeat(200)).length <= 40, true);
});

Deno.test("grafanaDashboard() refuses to be empty", () => {
  assertThrows(() => grafanaDashboard({ ...OPTIONS, ids: [] }), RangeError, "no ids");
});

Deno.test("pushDashboard() replaces the dashboard with the token's rights", async () => {
  const seen: unknown[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { dashboard, overwrite } = await request.json();
    seen.push(new URL(request.url).pathname, dashboard.uid, overwrite);
    return request.headers.get("authorization") === "Bearer good"
      ? Response.json({ url: "/d/x" })
      : new Response("no rights", { status: 403 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const dashboard = grafanaDashboard(OPTIONS);
  assertEquals(await pushDashboard(`${url}/`, "good", dashboard), `${url}/d/x`);
  assertEquals(seen, ["/api/dashboards/db", dashboard.uid, true]);
  await assertRejects(() => pushDashboard(url, "bad", dashboard), Error, "answered 403 no rights");
  await server.shutdown();
});
