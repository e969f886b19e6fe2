/** Names a flow among all of them; kinds and ids may hold any character. */
export function keyOf(kind: string, id: string): string {
  return `${kind.length}/${kind}/${id}`;
}

/** The kind and the id of such a name. */
export function partsOf(key: string): { readonly kind: string; readonly id: string } {
  const slash = key.indexOf("/");
  const end = slash + 1 + Number(key.slice(0, slash));
  return { kind: key.slice(slash + 1, end), id: key.slice(end + 1) };
}
