/** A network that loses, delays, doubles and reorders, as a seed decides. */
import type { Random } from "./random.ts";
import type { Owner, VirtualTime } from "./virtual_time.ts";

/** How bad it is. */
export interface Weather {
  /** Share of the messages that are lost. */
  readonly drop: number;
  /** Share of those that arrive twice. */
  readonly double: number;
  /** The longest delay, in milliseconds. */
  readonly delay: number;
  /** Share of those that take ten times as long. */
  readonly late: number;
}

/** Nothing is lost. */
export const CALM: Weather = { drop: 0, double: 0, delay: 5, late: 0 };

/** Carries what is sent between places, which are numbers. */
export class Network {
  weather: Weather;
  /** What was lost. */
  lost = 0;
  /** What arrived twice. */
  doubled = 0;
  readonly #time: VirtualTime;
  readonly #random: Random;
  /** `from * 100 + to` of the ways that are cut. */
  readonly #cut: Set<number> = new Set();

  constructor(time: VirtualTime, random: Random, weather: Weather) {
    this.#time = time;
    this.#random = random;
    this.weather = weather;
  }

  /** Nothing passes this way any more. */
  cut(from: number, to: number): void {
    this.#cut.add(from * 100 + to);
  }

  /** All ways are open. */
  heal(): void {
    this.#cut.clear();
  }

  /** Calls `arrive` later, twice or never, for the receiver as it is now. */
  send(sender: Owner, receiver: Owner, arrive: () => void): void {
    const { drop, double, late } = this.weather;
    if (this.#random.chance(drop)) {
      this.lost++;
      return;
    }
    this.#deliver(sender, receiver, arrive, late);
    if (!this.#random.chance(double)) return;
    this.doubled++;
    this.#deliver(sender, receiver, arrive, 0.5);
  }

  #deliver(sender: Owner, receiver: Owner, arrive: () => void, late: number): void {
    const random = this.#random;
    const ms = random.between(0.1, this.weather.delay) * (random.chance(late) ? 10 : 1);
    const way = sender.place * 100 + receiver.place;
    this.#time.after(ms, () => {
      // What a dying node had sent may not have left it.
      if (!this.#cut.has(way) && !(sender.gone && random.chance(0.5))) arrive();
      else this.lost++;
    }, receiver);
  }
}
