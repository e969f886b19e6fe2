/** @jsxImportSource preact */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PageDiagram } from "../page_view.ts";
import { setLook } from "./look.ts";
import { send } from "./socket.ts";
import { Zoom } from "./zoom.ts";

const RELATIONS = ["add", "remove", "require", "after"] as const;

/** The picture of a machine's schema; it has the page's colors instead of its own. */
async function picture(machine: string): Promise<SVGSVGElement> {
  const answer = await fetch(`diagram?${new URLSearchParams({ id: machine })}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  // Its own style leaves before it is read: the page's policy would refuse it, and say so.
  const plain = text.replace(/<style>[^<]*<\/style>/, "");
  const drawn = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
  if (drawn.localName !== "svg" || drawn.querySelector("parsererror")) {
    throw new Error("A name in the schema cannot be drawn");
  }
  drawn.querySelector("rect")?.remove();
  const made = document.importNode(drawn, true) as unknown as SVGSVGElement;
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", "States");
  for (const one of made.querySelectorAll<SVGElement>("[data-index]")) {
    one.setAttribute("role", "button");
    one.setAttribute("tabindex", "-1");
    one.setAttribute("aria-label", one.dataset.state!);
  }
  for (const one of made.querySelectorAll("text, path")) one.setAttribute("aria-hidden", "true");
  return made;
}

const boxesOf = (shown: Element): SVGElement[] => [
  ...shown.querySelectorAll<SVGElement>("[data-index]"),
];

/** The nearest box into a direction. */
function toward(boxes: readonly SVGElement[], from: Element, key: string): SVGElement | null {
  const middle = (one: Element) => {
    const { left, top, width, height } = one.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x, y] = middle(from);
  let found: SVGElement | null = null;
  let least = Infinity;
  for (const one of boxes) {
    const [right, down] = middle(one).map((value, i) => value - [x, y][i]);
    const [along, aside] = key === "ArrowLeft"
      ? [-right, down]
      : key === "ArrowRight"
      ? [right, down]
      : key === "ArrowUp"
      ? [-down, right]
      : [down, right];
    const distance = along + 2 * Math.abs(aside);
    if (along > 1 && distance < least) [found, least] = [one, distance];
  }
  return found;
}

/** States and relations of the selected machine; what is active and what was touched lights up. */
export function Diagram({ machine, diagram, selected, hidden }: {
  machine: string;
  diagram: PageDiagram;
  /** The selected state's index; -1 for none. */
  selected: number;
  /** Kinds of relations that are left out. */
  hidden: readonly string[];
}) {
  const frame = useRef<HTMLDivElement>(null);
  const zoom = useRef<Zoom | null>(null);
  const [shown, setShown] = useState<SVGSVGElement | string | null>(null);
  const { names } = diagram;
  useEffect(() => {
    let current = true;
    setShown(null);
    if (machine !== "" && names.length > 0) {
      picture(machine).then(
        (made) => current && setShown(made),
        (error) => current && setShown(String(error.message)),
      );
    } else if (machine !== "") setShown("Too many states for a diagram.");
    return () => {
      current = false;
    };
  }, [machine, names]);
  useLayoutEffect(() => {
    const over = new AbortController();
    zoom.current = new Zoom(frame.current!, over.signal);
    return () => over.abort();
  }, []);
  useLayoutEffect(() => {
    const drawn = typeof shown === "object" ? shown : null;
    frame.current!.replaceChildren(...(drawn ? [drawn] : []));
    zoom.current!.show(drawn);
  }, [shown]);
  useLayoutEffect(() => {
    if (shown === null || typeof shown === "string") return;
    const touched = new Set(diagram.touched);
    const near = new Set<string>();
    for (const one of boxesOf(shown)) {
      const index = Number(one.dataset.index);
      const called = touched.has(names[index]);
      if (called) near.add(one.dataset.state!);
      one.classList.toggle("lit", diagram.active[index] === 1);
      one.classList.toggle("called", called);
    }
    for (const one of shown.querySelectorAll<SVGElement>("[data-from]")) {
      const { from, to } = one.dataset;
      one.classList.toggle("near", near.has(from!) && near.has(to!));
    }
  }, [shown, diagram]);
  useLayoutEffect(() => {
    if (shown === null || typeof shown === "string") return;
    for (const one of boxesOf(shown)) {
      const index = Number(one.dataset.index);
      const chosen = index === selected;
      one.setAttribute("aria-pressed", String(chosen));
      one.classList.toggle("chosen", chosen);
      // One of them is in the page's order of focus; arrows go on from there.
      one.setAttribute("tabindex", index === Math.max(selected, 0) ? "0" : "-1");
    }
  }, [shown, selected]);
  const choose = (box: SVGElement) => {
    const state = Number(box.dataset.index);
    send({ kind: "state", state: state === selected ? -1 : state });
  };
  return (
    <>
      <div class="tools">
        <span role="group" aria-label="Size">
          <button type="button" title="Larger" onClick={() => zoom.current!.zoom(1.3)}>+</button>
          <button type="button" title="Smaller" onClick={() => zoom.current!.zoom(1 / 1.3)}>
            −
          </button>
          <button type="button" title="All of it" onClick={() => zoom.current!.fit()}>Fit</button>
        </span>
        <span role="group" aria-label="Relations">
          {RELATIONS.map((kind) => (
            <button
              key={kind}
              type="button"
              class={`relation ${kind}`}
              data-relation={kind}
              aria-pressed={!hidden.includes(kind)}
              onClick={() =>
                setLook({
                  hidden: hidden.includes(kind)
                    ? hidden.filter((one) => one !== kind)
                    : [...hidden, kind],
                })}
            >
              {kind}
            </button>
          ))}
        </span>
      </div>
      {typeof shown === "string" && <p class="dim note">{shown}</p>}
      <div
        class={`picture ${hidden.map((kind) => `no-${kind}`).join(" ")}`}
        ref={frame}
        onClick={({ target }) => {
          const box = (target as Element).closest<SVGElement>("[data-index]");
          if (box !== null) choose(box);
        }}
        onKeyDown={(event) => {
          const { key, target } = event;
          const box = (target as Element).closest<SVGElement>("[data-index]");
          if (box === null || event.ctrlKey || event.altKey || event.metaKey) return;
          if (key === "Enter" || key === " ") choose(box);
          else if (key === "+" || key === "-") zoom.current!.zoom(key === "+" ? 1.3 : 1 / 1.3);
          else if (key === "0") zoom.current!.fit();
          else if (key.startsWith("Arrow")) {
            const next = toward(boxesOf(event.currentTarget), box, key);
            next?.focus({ preventScroll: true });
            if (next) zoom.current!.reveal(next);
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
    </>
  );
}
