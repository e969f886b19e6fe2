/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PageView } from "../page_view.ts";
import { pure } from "./pure.ts";
import { send } from "./socket.ts";

/** A field for one of the searches: there is one text, which is in one of the fields. */
export const SearchField = pure(({ id, label, placeholder, where, search, onInput, onEnter }: {
  id: string;
  label: string;
  placeholder: string;
  where: "clients" | "transitions";
  search: PageView["search"];
  onInput?: (text: string) => void;
  onEnter: (back: boolean) => void;
}) => {
  const input = useRef<HTMLInputElement>(null);
  const text = search.in === where ? search.text : "";
  useLayoutEffect(() => {
    // Who types is ahead of what the debugger has heard.
    if (document.activeElement !== input.current) input.current!.value = text;
  }, [text]);
  return (
    <input
      id={id}
      ref={input}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      maxLength={200}
      onInput={({ currentTarget: { value } }) => {
        send({ kind: "search", text: value, in: where });
        onInput?.(value);
      }}
      onKeyDown={(event) => {
        const { currentTarget: field, key } = event;
        if (key === "Enter") onEnter(event.shiftKey);
        if (key !== "Escape") return;
        // The first one empties it, the next one leaves it.
        event.preventDefault();
        event.stopPropagation();
        if (field.value === "") return field.blur();
        field.value = "";
        send({ kind: "search", text: "", in: where });
        onInput?.("");
      }}
    />
  );
});
