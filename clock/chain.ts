/** An entry of a chain. */
export class Link<T> {
  declare readonly value: T;
  /** Whether it is in its chain. */
  declare linked: boolean;
  declare previous: Link<T> | null;
  declare next: Link<T> | null;

  constructor(value: T, previous: Link<T> | null) {
    this.value = value;
    this.linked = true;
    this.previous = previous;
    this.next = null;
  }
}

/**
 * Entries in the order in which they came, each of which can be taken out. For those that come and go all
 * the time: a `Set` makes its table anew whenever the last one leaves.
 */
export class Chain<T> {
  #first: Link<T> | null = null;
  #last: Link<T> | null = null;

  /** Puts an entry at the end. */
  add(value: T): Link<T> {
    const last = this.#last;
    const link = new Link(value, last);
    if (last === null) this.#first = link;
    else last.next = link;
    return this.#last = link;
  }

  /** Takes an entry out; a second time does nothing. */
  remove(link: Link<T>): void {
    if (!link.linked) return;
    const { previous, next } = link;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    link.linked = false;
    link.previous = link.next = null; // whoever keeps it keeps no other
  }

  /** The present entries. */
  links(): Link<T>[] {
    const links: Link<T>[] = [];
    for (let link = this.#first; link !== null; link = link.next) links.push(link);
    return links;
  }
}
