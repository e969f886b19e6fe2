/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { PageView } from "../page_view.ts";
import { go } from "./address.ts";
import { type Look, setLook } from "./look.ts";
import { pure } from "./pure.ts";
import { SearchField } from "./search_field.tsx";

const NEXT = { system: "light", light: "dark", dark: "system" } as const;
const SIGN = { system: "◐", light: "☀", dark: "☾" } as const;

/** The next way of coloring. */
export function turnTheme(theme: Look["theme"]): void {
  setLook({ theme: NEXT[theme] });
}

/** Finds transitions. */
export const Search = pure(({ search, onSearch }: {
  search: PageView["search"];
  onSearch: (text: string) => void;
}) => {
  const none = search.text === "" || search.in !== "transitions";
  return (
    <div id="finder" role="search">
      <SearchField
        id="search"
        label="Search everything"
        placeholder="Search all: /"
        where="transitions"
        search={search}
        onInput={onSearch}
        onEnter={(back) => go({ kind: "match", by: back ? -1 : 1 })}
      />
      <button
        type="button"
        aria-label="Previous match"
        disabled={none}
        onClick={() => go({ kind: "match", by: -1 })}
      >
        ‹
      </button>
      <button
        type="button"
        aria-label="Next match"
        disabled={none}
        onClick={() => go({ kind: "match", by: 1 })}
      >
        ›
      </button>
      <span id="matches" class="dim" role="status">
        {none ? "" : search.matches === 0 ? "no match" : `${search.match} of ${search.matches}`}
      </span>
    </div>
  );
});

/** The page's first line. */
export const Top = pure(({ search, theme, onSearch, onFiles, onHelp }: {
  search: PageView["search"];
  onSearch: (text: string) => void;
  theme: Look["theme"];
  onFiles: () => void;
  onHelp: () => void;
}) => (
  <header id="top">
    <h1>asyncmachine</h1>
    <Search search={search} onSearch={onSearch} />
    <div class="actions">
      <button
        id="theme"
        type="button"
        aria-label={`Colors: ${theme}`}
        title="Colors"
        onClick={() => turnTheme(theme)}
      >
        {SIGN[theme]} <span class="word">{theme}</span>
      </button>
      <button type="button" onClick={onFiles}>Files</button>
      <button type="button" aria-label="Help" onClick={onHelp}>
        <span class="word">Help</span> ?
      </button>
    </div>
  </header>
));
