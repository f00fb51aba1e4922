/* eslint max-lines: ["error", 400] -- one machine with one state, which its parts would share */
import { endOfFootage, type Gop, gapBefore, nameOf, placeAt, runOf, trackCount } from "@/lib/footageIndex";
import { withoutSound } from "@/lib/fmp4";
import type { Span } from "@/lib/timeline";

import { type Footage, FootageError, type FootageTrouble, STILL_GROWING_MS } from "./footage";
import { GopBytes } from "./gopBytes";
import { HeldGops } from "./heldGops";
import { MediaFeed } from "./mediaFeed";
import { canPlay } from "./mediaSource";
import { lacksNext, Standstill } from "./standstill";
import { startPlaying } from "./startPlaying";

/** Why footage does not play. */
export type PlaybackTrouble = FootageTrouble | "broken" | "codec";

export interface FeederListener {
  onTrouble: (trouble: PlaybackTrouble) => void;
  /** Whether there is anything to hear from now on; told with each new feed. */
  onSound: (hasSound: boolean) => void;
  /** A time without footage that was stepped over. */
  onGap: (gap: Span) => void;
  /** There is no footage after what was played. */
  onEnd: () => void;
}

const LOOK_EVERY_MS = 100;
/** How much is loaded before it is needed, at normal speed; faster needs more. */
const AHEAD_MS = 8_000;
const MOST_AHEAD_MS = 40_000;
const AHEAD_OF_KEYS_MS = 10_000;
const BEHIND_MS = 20_000;
const MOST_BYTES = 4_000_000;
const KEYS_AT_ONCE = 6;
/** After a refusal the same is tried again. */
const AGAIN_AFTER_MS = 2_000;
/** Moments before the first one that was asked for can be reached in the same feed. */
const ROOM_BEFORE_MS = 40 * 86_400_000;
/** A seek aims into a picture, not at the edge between two. */
const INTO_PICTURE_MS = 1;
/** No picture of a camera is shown for longer than this without a gap after it. */
const EDGE_MS = 150;

/**
 * Keeps a video element supplied with footage around one moment: whole groups of pictures, fetched
 * by range, each at its own wall-clock time.
 */
export class GopFeeder {
  private feed: MediaFeed | null = null;
  private readonly held = new HeldGops();
  private readonly standstill: Standstill;
  private readonly timer: ReturnType<typeof setInterval>;
  private lastAppended = "";
  private readonly bytes: GopBytes;
  private turn = new AbortController();
  private wake: () => void = () => undefined;
  private wish: number | null = null;
  private hasEnded = false;
  private isClosed = false;
  private keysOnly = false;
  private rate = 1;
  /** Whether holes are stepped over; where several play on one clock, each waits. */
  jumpsGaps = true;
  wantsPlay = true;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly footage: Footage,
    private readonly listener: FeederListener,
  ) {
    this.bytes = new GopBytes(footage);
    this.standstill = new Standstill(video);
    this.timer = setInterval(this.look, LOOK_EVERY_MS);
    video.addEventListener("waiting", this.look);
    video.addEventListener("error", this.refuse);
    void this.work();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    this.video.removeEventListener("waiting", this.look);
    this.video.removeEventListener("error", this.refuse);
    this.turn.abort();
    this.bytes.close();
    this.wake();
    this.feed?.close();
  }

  /** Shows the picture of `ms`, or the first one after it. */
  seek(ms: number): void {
    this.hasEnded = false;
    if (this.feed && this.isHeld(ms)) {
      this.wish = null;
      this.place(ms);
      this.wake();
      return;
    }
    this.wish = ms;
    this.turn.abort();
    this.turn = new AbortController();
    this.wake();
  }

  setRate(rate: number, keysOnly: boolean): void {
    this.rate = rate;
    if (keysOnly === this.keysOnly) return;
    this.keysOnly = keysOnly;
    const at = this.position();
    this.drop();
    if (at !== null) this.seek(at);
  }

  /** The moment that is shown or on its way; null before the first wish. */
  position(): number | null {
    if (this.wish !== null) return this.wish;
    return this.feed ? this.feed.wallMs(this.video.currentTime) : null;
  }

  get isSeeking(): boolean {
    return this.wish !== null || this.video.seeking;
  }

  wallMs(mediaTime: number): number | null {
    return this.feed?.wallMs(mediaTime) ?? null;
  }

  /** The moments of all pictures at hand, in order. */
  frames(): number[] {
    return this.held.frames();
  }

  /** Whether footage between two moments, as far as is known, is not at hand. */
  lacksBetween(one: number, other: number): boolean {
    // The edges of a group and its pictures' moments differ by roundings.
    const from = Math.min(one, other) + INTO_PICTURE_MS;
    const to = Math.max(one, other) - INTO_PICTURE_MS;
    return this.footage.gops.some((gop) => gop.from < to && gop.to > from && !this.held.has(gop));
  }

  private isHeld(ms: number): boolean {
    const gop = this.gopAt(ms);
    return gop !== null && gop.from <= ms && this.held.has(gop) && this.feed?.holds(ms) === true;
  }

  private place(ms: number): void {
    if (!this.feed) return;
    this.video.currentTime = this.feed.mediaTime(ms + INTO_PICTURE_MS);
    if (this.wantsPlay && this.video.paused) void startPlaying(this.video);
  }

  private drop(): void {
    this.feed?.close();
    this.feed = null;
    this.held.clear();
    this.lastAppended = "";
  }

  private readonly refuse = (): void => {
    if (this.feed && this.video.error) this.fail("broken");
  };

  private fail(trouble: PlaybackTrouble): void {
    if (this.isClosed) return;
    this.wish = null;
    this.drop();
    this.listener.onTrouble(trouble);
  }

  /** One piece of work after the other; a new wish interrupts what is under way. */
  private async work(): Promise<void> {
    while (!this.isClosed) {
      const { signal } = this.turn;
      try {
        // A wish that came meanwhile is not left to wait for the next look.
        if (!(await this.advance(signal)) && !signal.aborted) await this.rest();
      } catch (error) {
        if (signal.aborted) continue;
        if (error instanceof FootageError) await this.meet(error.trouble);
        else this.fail("broken");
        await this.rest();
      }
    }
  }

  /** What cannot be reached now may be in a moment; what is not there will not. */
  private async meet(trouble: FootageTrouble): Promise<void> {
    const at = this.position();
    if (trouble === "nothing" && at !== null) this.footage.forget(at);
    if (this.isClosed) return;
    this.listener.onTrouble(trouble);
    const { signal } = this.turn;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    if (!signal.aborted && this.wish === null && this.feed === null && at !== null) this.wish = at;
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Loads the next thing that is missing; false where nothing is. */
  private async advance(signal: AbortSignal): Promise<boolean> {
    const { wish } = this;
    const at = this.reached();
    if (at === null) return false;
    const first = await this.footage.firstAt(at, signal);
    if (signal.aborted) return true;
    if (!first) {
      this.tellEnd(at);
      return false;
    }
    await this.trim(at, first);
    const wanted = await this.missing(first, signal);
    if (this.wish !== wish) return true;
    if (wanted.length === 0) {
      this.fulfil(first);
      return false;
    }
    if (!this.prepare(wanted)) return false;
    if (this.keysOnly) await this.loadKeys(wanted, signal);
    else await this.loadAll(wanted, signal);
    if (this.wish === wish) this.fulfil(first);
    return true;
  }

  private ahead(): number {
    if (this.keysOnly) return AHEAD_OF_KEYS_MS * this.rate;
    return Math.min(MOST_AHEAD_MS, AHEAD_MS * Math.max(1, this.rate));
  }

  /**
   * What is not at hand of `first` and of what follows it, as far as it is fetched in one go. Ahead
   * counts footage and not gaps, so that playing over a gap need not wait for what comes after it.
   */
  private async missing(first: Gop, signal: AbortSignal): Promise<Gop[]> {
    let aheadMs = this.wish === null ? this.ahead() : 0;
    let gop: Gop | null = first;
    while (gop && this.isWhole(gop)) {
      aheadMs -= gop.to - gop.from;
      if (aheadMs <= 0) return [];
      gop = await this.footage.firstAt(gop.to, signal);
    }
    if (!gop) return [];
    const gops = this.footage.gops;
    const place = gops.indexOf(gop);
    if (this.keysOnly) {
      return gops.slice(place, place + KEYS_AT_ONCE).filter((each) => !this.isWhole(each));
    }
    const run = runOf(gops, place, gop.from + Math.max(0, aheadMs), MOST_BYTES);
    const end = run.findIndex((each) => this.held.has(each));
    return end > 0 ? run.slice(0, end) : run;
  }

  private isWhole(gop: Gop): boolean {
    return this.held.has(gop) && (this.keysOnly || this.held.sizeOf(gop) >= gop.sizeBytes);
  }

  /** A feed for what comes; false where what is at hand must be played first. */
  private prepare(wanted: readonly Gop[]): boolean {
    const [gop] = wanted;
    if (!gop) return false;
    const mime = this.mimeOf(gop);
    if (!canPlay(mime)) {
      this.fail("codec");
      return false;
    }
    if (this.feed && !this.feed.takes(mime)) {
      if (this.wish === null && this.feed.holds(this.reached() ?? gop.from)) return false;
      if (this.wish === null) this.tellGap(gop);
      this.drop();
      this.wish ??= gop.from;
    }
    if (!this.feed) {
      this.feed = new MediaFeed(this.video, Math.floor(this.wish ?? gop.from) - ROOM_BEFORE_MS, mime);
      this.listener.onSound(trackCount(mime) > 1);
    }
    return true;
  }

  /** What comes of a run, once the feed has the run's head; both are fetched at once. */
  private async afterHead<Coming>(gop: Gop, coming: Promise<Coming>, signal: AbortSignal): Promise<Coming> {
    coming.catch(() => undefined); // it is met below, after the head
    const { feed } = this;
    const run = `${gop.file.runId}${this.keysOnly ? " keys" : ""}`;
    if (feed?.needsHead(run)) {
      const head = await this.bytes.head(gop);
      if (signal.aborted || this.feed !== feed) return coming;
      await feed.appendHead(run, this.mimeOf(gop), this.keysOnly ? withoutSound(head) : head);
      this.lastAppended = "";
    }
    return coming;
  }

  private mimeOf(gop: Gop): string {
    return this.keysOnly ? gop.file.mime.replace(/,[^"]*/, "") : gop.file.mime;
  }

  private async loadAll(wanted: readonly Gop[], signal: AbortSignal): Promise<void> {
    const [first] = wanted;
    const last = wanted.at(-1);
    if (!first || !last) return;
    // What was appended last is continued; anything else needs its key frame again.
    const known = this.lastAppended === nameOf(first) ? this.held.sizeOf(first) : 0;
    const from = first.offsetBytes + known;
    const { feed } = this;
    const coming = this.footage.bytes(first.file, from, last.offsetBytes + last.sizeBytes, signal);
    const bytes = await this.afterHead(first, coming, signal);
    if (signal.aborted || !feed || this.feed !== feed) return;
    await feed.appendFootage(first.file.epochMs, bytes);
    if (this.feed !== feed) return;
    this.held.putRead(wanted, from, bytes);
    this.lastAppended = nameOf(last);
  }

  private async loadKeys(wanted: readonly Gop[], signal: AbortSignal): Promise<void> {
    const run = wanted.filter(({ file }) => file.runId === wanted[0]?.file.runId);
    const { feed } = this;
    const [first] = run;
    if (!first) return;
    const coming = Promise.all(run.map((gop) => this.bytes.key(gop, signal)));
    const made = await this.afterHead(first, coming, signal);
    if (signal.aborted || !feed || this.feed !== feed) return;
    for (const [place, gop] of run.entries()) {
      const fragment = made[place];
      if (fragment) await feed.appendFootage(gop.file.epochMs, fragment);
      if (this.feed !== feed) return;
      this.held.put(gop, [gop.from]);
    }
  }

  /** Moves the video to the wish once its pictures are there. */
  private fulfil(first: Gop): void {
    if (this.wish === null || !this.feed || !this.held.has(first)) return;
    const asked = this.wish;
    this.wish = null;
    if (first.from - asked > 1_500) this.listener.onGap({ from: asked, to: first.from });
    this.place(Math.max(asked, first.from));
  }

  /** Forgets what is far from `at`, by whole groups. Ahead counts footage and not gaps, as loading does. */
  private async trim(at: number, first: Gop): Promise<void> {
    if (!this.feed) return;
    const from = at - (this.keysOnly ? BEHIND_MS * this.rate : BEHIND_MS);
    const to = endOfFootage(this.footage.gops, first, 3 * this.ahead());
    for (const far of this.held.forgetOutside({ from, to })) {
      await this.feed.remove(far.from, far.to);
    }
  }

  private tellEnd(at: number): void {
    if (!this.jumpsGaps || Date.now() - at < STILL_GROWING_MS) return;
    if (this.wish !== null) this.fail("nothing");
    else if (!this.hasEnded) {
      this.hasEnded = true;
      this.listener.onEnd();
    }
  }

  /**
   * The moment up to which it has played, or that is wished for. A video stands still up to a picture
   * before the end of what it has. One that stands for long with all of a group at hand waits for
   * more to decode than there is, or took less than it was given: it will not show the rest.
   */
  private reached(): number | null {
    const at = this.position();
    if (at === null || this.isSeeking || !lacksNext(this.video)) return at;
    const gop = this.standstill.isLong() ? this.gopAt(at) : null;
    return Math.max(at + EDGE_MS, gop && this.held.has(gop) ? gop.to : 0);
  }

  /** The group that shows `ms`, or the first one after it. */
  private gopAt(ms: number): Gop | null {
    const { gops } = this.footage;
    return gops[placeAt(gops, ms) ?? gops.length] ?? null;
  }

  private tellGap(gop: Gop): void {
    const { gops } = this.footage;
    const gap = gapBefore(gops, gops.indexOf(gop));
    if (gap && this.jumpsGaps) this.listener.onGap(gap);
  }

  /** Steps over a hole in which the video stands, and notices what the browser threw away. */
  private readonly look = (): void => {
    this.wake();
    const { feed, video } = this;
    const at = this.reached();
    if (!feed || at === null || this.isSeeking) return;
    const gop = this.gopAt(at);
    if (!gop || !this.held.has(gop) || !lacksNext(video)) return;
    if (gop.from <= at && !this.standstill.isLong()) {
      if (!feed.holds(at)) this.held.forget(gop);
    } else if (this.jumpsGaps && !video.paused) {
      this.tellGap(gop);
      this.place(gop.from);
    }
  };
}
