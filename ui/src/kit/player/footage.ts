import {
  type FileFacts,
  type FootageFile,
  type Gop,
  gapBefore,
  mergeGops,
  placeAt,
  toGops,
} from "@/lib/footageIndex";
import { refusalKey, TOO_MANY_RELAYS } from "@/lib/refusal";
import type { Span } from "@/lib/timeline";

import { type Fetched, fetchWhole, inTime } from "./fetchWhole";

const PLACE = "/media/v1/vod/";
const WINDOW_MS = 60 * 60_000;
/** Footage that ends nearer to now than this is still being written. */
export const STILL_GROWING_MS = 20_000;
/** A ticket is good for a minute. */
const TICKET_MS = 45_000;
/** What is being written grows by a fragment every 200 ms; it is asked for again after this. */
const GROWING_MS = 1_500;
/** Of a window without footage, and one far from now: whether that is still so. */
const SETTLED_MS = 60_000;
/** How far footage is looked for on either side of a moment that has none. */
const FARTHEST_WINDOWS = 24;

/** Why footage does not come: `crowded`, where its site's line carries as many views as it may. */
export type FootageTrouble = "nothing" | "notServed" | "crowded";

export class FootageError extends Error {
  constructor(readonly trouble: FootageTrouble) {
    super(trouble);
  }
}

/** A ticket for the beginning of a span, and how far it reaches. */
export interface SpanTicket {
  ticket: string;
  /** Parts of the span, one after the other, by the machine that has their footage. */
  parts: readonly Span[];
}

export type TakeTicket = (span: Span) => Promise<SpanTicket>;

interface Part extends Span {
  ticket: string;
  takenAt: number;
}

interface Window {
  loadedAt: number;
  through: number;
  gops: Gop[];
}

/** One stream's recorded footage, as the nodes serve it: indexes by the hour, bytes by range. */
export class Footage {
  private readonly windows = new Map<number, Window>();
  private readonly parts = new Map<string, Part>();
  private readonly partOf = new WeakMap<FootageFile, Span>();
  private all: Gop[] = [];

  constructor(private readonly takeTicket: TakeTicket) {}

  /** Every group of pictures that was loaded, oldest first. */
  get gops(): readonly Gop[] {
    return this.all;
  }

  /** Whether it was asked for what there is at `ms`. */
  isKnown(ms: number): boolean {
    return this.windows.has(Math.floor(ms / WINDOW_MS));
  }

  /** The time without footage that `ms` lies in, as far as is known; null: there is footage. */
  gapAt(ms: number): Span | null {
    if (!this.isKnown(ms)) return null;
    const place = placeAt(this.all, ms);
    const last = this.all.at(-1);
    if (place === null) {
      if (last) return ms > last.to + STILL_GROWING_MS ? { from: last.to, to: ms } : null;
      // Nothing of this camera is known but that there is nothing.
      const from = Math.floor(ms / WINDOW_MS) * WINDOW_MS;
      return Date.now() - ms > STILL_GROWING_MS ? { from, to: ms } : null;
    }
    const gap = gapBefore(this.all, place);
    return gap && ms >= gap.from && ms < gap.to ? gap : null;
  }

  /** Knows what there is in a span, up to now. Raises FootageError. */
  async know({ from, to }: Span, signal: AbortSignal): Promise<void> {
    const first = Math.floor(from / WINDOW_MS);
    const last = Math.floor(Math.min(to, Date.now()) / WINDOW_MS);
    for (let number = first; number <= last; number += 1) {
      if (this.isStale(number, to)) await this.load(number, signal);
    }
  }

  /** The first group of pictures that shows `ms` or comes after it, or null. */
  async firstAt(ms: number, signal: AbortSignal): Promise<Gop | null> {
    for (let window = 0; window <= FARTHEST_WINDOWS; window += 1) {
      const from = ms + window * WINDOW_MS;
      if (from > Date.now() + WINDOW_MS) return null;
      await this.know({ from, to: from }, signal);
      const place = placeAt(this.all, ms);
      const gop = place === null ? undefined : this.all[place];
      if (gop) return gop;
    }
    return null;
  }

  /** The bytes [from, to) of a file. Raises FootageError. */
  async bytes(file: FootageFile, from: number, to: number, signal: AbortSignal): Promise<Uint8Array> {
    const { bytes } = await this.fetch(file.address, this.partOf.get(file), signal, {
      Range: `bytes=${from}-${to - 1}`,
    });
    return bytes;
  }

  /** Forgets what lies in a span, so that it is asked for again. */
  forget(ms: number): void {
    this.windows.delete(Math.floor(ms / WINDOW_MS));
    this.parts.clear();
  }

  private isStale(number: number, wantedTo: number): boolean {
    const window = this.windows.get(number);
    if (!window) return true;
    const ageMs = Date.now() - window.loadedAt;
    const end = (number + 1) * WINDOW_MS;
    if (window.through >= end) return window.gops.length === 0 && ageMs > SETTLED_MS;
    const told = window.gops.at(-1)?.to ?? window.through;
    return wantedTo > told && ageMs > GROWING_MS;
  }

  private async load(number: number, signal: AbortSignal): Promise<void> {
    const now = Date.now();
    const from = number * WINDOW_MS;
    const span = { from, to: Math.min(from + WINDOW_MS, now) };
    const gops: Gop[] = [];
    for (const part of await this.partsOf(span)) {
      const query = new URLSearchParams({
        from: new Date(part.from).toISOString(),
        to: new Date(part.to).toISOString(),
      });
      const found = toGops(await this.facts(query.toString(), part, signal));
      for (const { file } of found) this.partOf.set(file, { from: part.from, to: part.to });
      gops.push(...found);
    }
    this.windows.set(number, { loadedAt: now, through: span.to, gops });
    // An older telling of the same window may name files that are gone since.
    const others = this.all.filter((gop) => gop.to <= from || gop.from >= from + WINDOW_MS);
    this.all = mergeGops(others, gops);
  }

  private async facts(query: string, part: Span, signal: AbortSignal): Promise<FileFacts[]> {
    try {
      const { bytes } = await this.fetch(`index.json?${query}`, part, signal);
      return saidIn(bytes) as FileFacts[];
    } catch (error) {
      if (error instanceof FootageError && error.trouble === "nothing") return [];
      throw error;
    }
  }

  /** The parts of a span with a ticket each; all but the first are asked for one by one. */
  private async partsOf(span: Span): Promise<Span[]> {
    const { ticket, parts } = await this.take(span);
    const [first, ...others] = parts.length > 0 ? parts : [span];
    if (first) this.keep(first, ticket);
    return first ? [first, ...others] : [];
  }

  private keep(span: Span, ticket: string): void {
    this.parts.set(`${span.from}-${span.to}`, { ...span, ticket, takenAt: Date.now() });
  }

  private async take(span: Span): Promise<SpanTicket> {
    try {
      return await inTime(this.takeTicket(span));
    } catch {
      throw new FootageError("notServed");
    }
  }

  private async ticketFor(span: Span, isNew: boolean): Promise<string> {
    const kept = this.parts.get(`${span.from}-${span.to}`);
    if (kept && !isNew && Date.now() - kept.takenAt < TICKET_MS) return kept.ticket;
    const { ticket } = await this.take(span);
    this.keep(span, ticket);
    return ticket;
  }

  /** Asks a second time with a new ticket: the old one may have run out while a laptop slept. */
  private async fetch(
    address: string,
    span: Span | undefined,
    signal: AbortSignal,
    headers: Record<string, string> = {},
  ): Promise<Fetched> {
    if (!span) throw new FootageError("nothing");
    const url = new URL(`${PLACE}${address}`, location.origin);
    for (const isNew of [false, true]) {
      const ticket = await this.ticketFor(span, isNew);
      const request = new Request(url, { headers: { ...headers, Authorization: `Bearer ${ticket}` } });
      const fetched = await fetchWhole(request, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        throw new FootageError("notServed");
      });
      if (fetched.status < 300) return fetched;
      if (fetched.status !== 401 || isNew) throw new FootageError(troubleOf(fetched));
    }
    throw new FootageError("notServed");
  }
}

function troubleOf({ status, bytes }: Fetched): FootageTrouble {
  if (status === 404) return "nothing";
  return refusalKey(saidIn(bytes)) === TOO_MANY_RELAYS ? "crowded" : "notServed";
}

/** What an answer says; null where it is no JSON. */
function saidIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
