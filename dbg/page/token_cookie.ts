/**
 * The token of a page, kept in a cookie that no script can read and no other site sends along: the
 * address is free of it, and a reload does not ask again. A cookie is sent to every port of its
 * host, so its name has the port.
 *
 * @module
 */
function name(request: Request): string {
  const { port, protocol } = new URL(request.url);
  return `am-dbg-${port || (protocol === "https:" ? 443 : 80)}`;
}

/** The answer to a request with `?token=`: the browser keeps it, and goes to the bare address. */
export function remembered(request: Request): Response {
  const url = new URL(request.url);
  const token = encodeURIComponent(url.searchParams.get("token") ?? "");
  url.searchParams.delete("token");
  const secure = url.protocol === "https:" ? "; Secure" : "";
  return new Response(null, {
    status: 303,
    headers: {
      location: `${url.pathname}${url.search}`,
      "set-cookie": `${name(request)}=${token}; Path=/; HttpOnly; SameSite=Lax${secure}`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  });
}

/** The token that a browser has kept; `null` for none. */
export function tokenOf(request: Request): string | null {
  const prefix = `${name(request)}=`;
  const found = (request.headers.get("cookie") ?? "").split("; ")
    .find((one) => one.startsWith(prefix));
  try {
    return found === undefined ? null : decodeURIComponent(found.slice(prefix.length));
  } catch {
    return null;
  }
}
