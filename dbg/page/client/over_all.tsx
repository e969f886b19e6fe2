/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useRef } from "preact/hooks";
import type { PageError, PageErrors, PageFound, PageMatch, PagePlace } from "../page_answers.ts";
import { go } from "./address.ts";
import { List, pressedLine } from "./list.tsx";
import { setLook } from "./look.ts";
import { pure } from "./pure.ts";
import { useSize } from "./size.ts";
import { send } from "./socket.ts";
import { ROW, want } from "./viewport.ts";
import { visible } from "./visible.ts";

/** Goes to a transition, and shows why it happened. */
export function explain({ machine, id }: PagePlace): void {
  go({ kind: "go", key: machine, id });
  setLook({ side: "why", wide: false });
}

const ErrorRow = pure(({ one }: { one: PageError }) => (
  <div
    class={`row columns-row ${one.cursor ? "current" : ""}`}
    role="option"
    aria-selected={one.cursor}
    id={one.cursor ? "error-cursor" : undefined}
    data-error={one.key}
  >
    <span class="dim">{one.clock.slice(0, 8)}</span>
    <span class="name where" title={visible(one.last.machine)}>{visible(one.last.machine)}</span>
    <span class="name error" title={visible(one.text)}>{visible(one.text)}</span>
    <span class="warning">
      {one.position > 0 ? `${one.position}/${one.count}` : one.count > 1 ? `×${one.count}` : ""}
    </span>
  </div>
));

/** The errors of all machines. */
export const Errors = pure(({ errors, place }: { errors: PageErrors; place: string }) => (
  <>
    <h2>
      Errors: {errors.total}
      {errors.hidden > 0 && `, ${errors.hidden} hidden by the search`}
    </h2>
    {errors.rows.length === 0 && (
      <p class="dim note">
        {errors.hidden > 0 ? "No error has this in it." : "No errors: all is well."}
      </p>
    )}
    <List
      role="listbox"
      label="Errors"
      part={errors.part}
      active={errors.rows.some((one) => one.cursor) ? "error-cursor" : undefined}
      place={place}
      wants={(part) => want({ errors: part })}
      onClick={(event) => {
        const key = pressedLine(event, "error");
        const one = errors.rows.find((row) => row.key === key);
        if (one) explain(one.last);
      }}
      onFocus={() => send({ kind: "focus", on: "errors" })}
    >
      {errors.rows.map((one) => <ErrorRow key={one.key} one={one} />)}
    </List>
  </>
));

const TONES = {
  number: "bold",
  error: "error",
  argument: "accent",
  log: "",
  handler: "",
  state: "active",
  machine: "",
} as const;

const Match = pure(({ one }: { one: PageMatch }) => (
  <div
    class={`row columns-row ${one.future ? "dim" : ""} ${one.current ? "current" : ""}`}
    role="option"
    aria-selected={one.current}
    id={one.current ? "found-cursor" : undefined}
    data-found={one.key}
  >
    <span class="dim">{one.clock.slice(0, 8)}</span>
    <span class="name where" title={visible(one.place.machine)}>{visible(one.place.machine)}</span>
    <span class="dim">#{one.place.id}</span>
    <span class={`name ${one.future ? "" : TONES[one.where]}`} title={visible(one.text)}>
      {one.where}: {visible(one.text)}
    </span>
  </div>
));

/** What the search found in all machines. */
export const Found = pure(({ found, text }: { found: PageFound; text: string }) => {
  const scroll = useRef<HTMLDivElement>(null);
  useSize(
    scroll,
    ({ clientHeight }) =>
      want({ found: Math.min(Math.max(Math.floor(clientHeight / ROW) - 1, 10), 200) }),
  );
  return (
    <>
      <h2>Found: {found.total}</h2>
      {found.machines.length > 0 && (
        <p class="note machines">
          Machines: {found.machines.map((key) => (
            <button
              key={key}
              type="button"
              onClick={() => go({ kind: "client", key })}
            >
              {visible(key)}
            </button>
          ))}
        </p>
      )}
      {found.rows.length === 0 && (
        <p class="dim note">
          {text === ""
            ? "Search in names, arguments, log lines, errors, states."
            : "Found nowhere."}
        </p>
      )}
      <div
        class="scroll list"
        ref={scroll}
        tabIndex={0}
        role="listbox"
        aria-label="Found"
        aria-activedescendant={found.rows.some((one) => one.current) ? "found-cursor" : undefined}
        onFocus={() => send({ kind: "focus", on: "found" })}
        onClick={(event) => {
          const key = pressedLine(event, "found");
          const one = found.rows.find((row) => row.key === key);
          if (one) go({ kind: "go", key: one.place.machine, id: one.place.id });
        }}
      >
        {found.rows.map((one) => <Match key={one.key} one={one} />)}
      </div>
    </>
  );
});
