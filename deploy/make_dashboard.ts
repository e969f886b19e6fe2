/**
 * Writes the dashboard that docker-compose.yml provisions.
 *
 *     deno run -A deploy/make_dashboard.ts
 */
import { grafanaDashboard } from "../gen/grafana.ts";

const dashboard = grafanaDashboard({ ids: ["example"], name: "Machines", source: "prometheus" });
const path = new URL("dashboards/machines.json", import.meta.url);
await Deno.writeTextFile(path, JSON.stringify(dashboard, null, 2) + "\n");
