/** @jsxImportSource preact */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PageDiagram } from "../page_view.ts";
import { send } from "./socket.ts";

/** The picture of a machine's schema; it has the page's colors instead of its own. */
async function picture(machine: string): Promise<Element> {
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
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", "States and relations");
  return document.importNode(drawn, true);
}

/** States and relations of the selected machine; what is active and what was touched lights up. */
export function Diagram({ machine, diagram }: { machine: string; diagram: PageDiagram }) {
  const box = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Element | string | null>(null);
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
    box.current!.replaceChildren(...(shown instanceof Element ? [shown] : []));
  }, [shown]);
  useLayoutEffect(() => {
    if (!(shown instanceof Element)) return;
    const active = new Set(names.filter((_, i) => diagram.active[i] === 1));
    const touched = new Set(diagram.touched);
    for (const one of shown.querySelectorAll<SVGElement>("[data-state]")) {
      const name = one.dataset.state!;
      one.classList.toggle("lit", active.has(name));
      one.classList.toggle("called", touched.has(name));
    }
    for (const one of shown.querySelectorAll<SVGElement>("[data-from]")) {
      const { from, to } = one.dataset;
      one.classList.toggle("near", touched.has(from!) && touched.has(to!));
    }
  }, [shown, diagram]);
  return (
    <>
      <h2>Diagram</h2>
      <div class="scroll" tabIndex={0}>
        {typeof shown === "string" && <p class="dim">{shown}</p>}
        <div
          class="picture"
          ref={box}
          onClick={({ target }) => {
            const name = (target as Element).closest<SVGElement>("[data-state]")?.dataset.state;
            if (name !== undefined) send({ kind: "state", state: names.indexOf(name) });
          }}
        />
      </div>
    </>
  );
}
