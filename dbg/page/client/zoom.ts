/// <reference lib="dom" />
/**
 * A picture that is zoomed by the wheel and moved by hand. It remembers nothing of what it shows.
 *
 * @module
 */

/** How large at most, and how small, compared with its own size; below the last nobody can read. */
const LARGEST = 4;
const SMALLEST = 0.1;
const READABLE = 0.6;
/** Pixels that a hand moves without meaning to drag. */
const STILL = 4;

/** A part of the page in which a picture can be moved. */
export class Zoom {
  readonly #frame: HTMLElement;
  #picture: SVGSVGElement | null = null;
  #scale = 1;
  #left = 0;
  #top = 0;
  /** Nobody has moved it yet: it fits, whatever size the frame gets. */
  #fits = true;
  #least = READABLE;
  /** A drag ends with a click, which is none. */
  #dragged = false;

  /** Watches the frame until the signal. */
  constructor(frame: HTMLElement, signal: AbortSignal) {
    this.#frame = frame;
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { left, top } = frame.getBoundingClientRect();
      const by = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015));
      this.zoom(by, event.clientX - left, event.clientY - top);
    }, { signal, passive: false });
    frame.addEventListener("pointerdown", (event) => this.#drag(event), { signal });
    frame.addEventListener("click", (event) => {
      if (this.#dragged) event.stopPropagation();
    }, { signal, capture: true });
    const sizes = new ResizeObserver(() => this.#fits && this.fit(this.#least));
    sizes.observe(frame);
    signal.addEventListener("abort", () => sizes.disconnect());
  }

  /** Shows another picture: all of it, if that can be read. */
  show(picture: SVGSVGElement | null): void {
    this.#picture = picture;
    this.fit(READABLE);
  }

  /** All of it, not larger than it is; or its beginning, where that would be smaller than this. */
  fit(least = 0): void {
    const picture = this.#picture;
    if (picture === null) return;
    this.#fits = true;
    this.#least = least;
    const { width, height } = picture.viewBox.baseVal;
    const { clientWidth, clientHeight } = this.#frame;
    if (clientWidth === 0) return;
    this.#scale = Math.max(Math.min(clientWidth / width, clientHeight / height, 1), least);
    this.#left = Math.max((clientWidth - width * this.#scale) / 2, 0);
    this.#top = Math.max(Math.min((clientHeight - height * this.#scale) / 2, 20), 0);
    this.#place();
  }

  /** Larger or smaller; what is at this point of the frame stays there. */
  zoom(
    by: number,
    x: number = this.#frame.clientWidth / 2,
    y: number = this.#frame.clientHeight / 2,
  ): void {
    const scale = Math.max(SMALLEST, Math.min(LARGEST, this.#scale * by));
    this.#left = x - (x - this.#left) * scale / this.#scale;
    this.#top = y - (y - this.#top) * scale / this.#scale;
    this.#scale = scale;
    this.#fits = false;
    this.#place();
  }

  /** Moves as little as needed until an element of the picture is in sight. */
  reveal(element: Element): void {
    const frame = this.#frame.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const over = (low: number, high: number, from: number, to: number) =>
      low < from ? from - low + 8 : high > to ? to - high - 8 : 0;
    const x = over(box.left, box.right, frame.left, frame.right);
    const y = over(box.top, box.bottom, frame.top, frame.bottom);
    if (x === 0 && y === 0) return;
    this.#left += x;
    this.#top += y;
    this.#fits = false;
    this.#place();
  }

  #drag({ clientX, clientY, button, pointerId }: PointerEvent): void {
    this.#dragged = false;
    if (button !== 0) return;
    const [left, top] = [this.#left, this.#top];
    const over = new AbortController();
    const { signal } = over;
    this.#frame.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointerId) return;
      const [x, y] = [event.clientX - clientX, event.clientY - clientY];
      if (!this.#dragged && Math.hypot(x, y) <= STILL) return;
      if (!this.#dragged) this.#frame.setPointerCapture(pointerId);
      this.#dragged = true;
      this.#fits = false;
      [this.#left, this.#top] = [left + x, top + y];
      this.#place();
    }, { signal });
    for (const kind of ["pointerup", "pointercancel"]) {
      addEventListener(kind, () => over.abort(), { signal });
    }
  }

  #place(): void {
    this.#picture!.style.transform =
      `translate(${this.#left}px, ${this.#top}px) scale(${this.#scale})`;
  }
}
