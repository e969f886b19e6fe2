import type { Dashboard } from "./grafana.ts";

/**
 * Puts a dashboard into Grafana by HTTP, in place of one with the same uid.
 *
 * @param url Grafana's address, for example `http://localhost:3000`.
 * @param token A service account's token that may write dashboards.
 * @returns The dashboard's address.
 * @throws {Error} If Grafana refuses.
 */
export async function pushDashboard(
  url: string,
  token: string,
  dashboard: Dashboard,
): Promise<string> {
  const base = url.replace(/\/+$/, "");
  const response = await fetch(`${base}/api/dashboards/db`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ dashboard, overwrite: true, message: "Generated" }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`Cannot push the dashboard to ${base}: it answered ${response.status} ${text}`);
  }
  return `${base}${(JSON.parse(text) as { url?: string }).url ?? `/d/${dashboard.uid}`}`;
}
