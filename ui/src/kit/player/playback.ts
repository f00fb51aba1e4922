import Hls, { type ErrorData, Events, type LevelDetails } from "hls.js/light";

import { type Entry, gapBetween, positionOf, wallAt } from "@/lib/hlsTime";
import type { Span } from "@/lib/timeline";

const PLAYLIST = "/media/v1/vod/index.m3u8";
/** A ticket is good for a minute. */
const RENEW_EVERY_MS = 45_000;
const RENEW_AGAIN_MS = 5_000;
/** Longer steps between two pictures are seeks, not playing. */
const LONGEST_STEP_SECONDS = 2;

/** Why footage does not play. */
export type PlaybackTrouble = "nothing" | "notServed" | "broken";

export interface PlaybackListener {
  takeTicket(): Promise<string>;
  onGap(gap: Span): void;
  onTrouble(trouble: PlaybackTrouble): void;
}

/** One span of one camera's footage in a video element, by HLS with a ticket in the header. */
export class Playback {
  private readonly hls: Hls;
  private readonly startMs: number;
  private entries: Entry[] = [];
  private ticket = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hasStarted = false;
  private hasRecovered = false;
  private isClosed = false;
  private lastPosition = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    startMs: number,
    private readonly listener: PlaybackListener,
  ) {
    this.startMs = startMs;
    this.hls = new Hls({
      autoStartLoad: false,
      maxBufferLength: 30,
      backBufferLength: 60,
      xhrSetup: (xhr) => xhr.setRequestHeader("Authorization", `Bearer ${this.ticket}`),
    });
    this.hls.on(Events.LEVEL_LOADED, (_event, { details }) => this.begin(details));
    this.hls.on(Events.LEVEL_PTS_UPDATED, (_event, { details }) => this.learn(details));
    this.hls.on(Events.ERROR, (_event, data) => this.meet(data));
    this.hls.attachMedia(video);
    void this.open();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.hls.destroy();
  }

  /** Goes to `wallMs` where this span has it; false where another span is needed. */
  seek(wallMs: number): boolean {
    const first = this.entries[0];
    if (!first || wallMs < first.wallMs) return false;
    const position = positionOf(this.entries, wallMs);
    if (position === null) return false;
    this.video.currentTime = position;
    this.play();
    return true;
  }

  /** The wall clock of the picture at `position`; tells when playing stepped over a gap. */
  arrive(position: number): number | null {
    const step = position - this.lastPosition;
    if (step > 0 && step < LONGEST_STEP_SECONDS && !this.video.seeking) {
      const gap = gapBetween(this.entries, this.lastPosition, position);
      if (gap) this.listener.onGap(gap);
    }
    this.lastPosition = position;
    return wallAt(this.entries, position);
  }

  private async open(): Promise<void> {
    if ((await this.renew()) && !this.isClosed) this.hls.loadSource(PLAYLIST);
  }

  /** Takes a ticket and plans the next one. */
  private async renew(): Promise<boolean> {
    clearTimeout(this.timer);
    try {
      this.ticket = await this.listener.takeTicket();
    } catch {
      // The one in hand may still be good; the first one is asked for by a person, who is told.
      if (this.ticket === "") this.fail("notServed");
      else this.timer = setTimeout(() => void this.renew(), RENEW_AGAIN_MS);
      return false;
    }
    if (!this.isClosed) this.timer = setTimeout(() => void this.renew(), RENEW_EVERY_MS);
    return true;
  }

  private learn(details: LevelDetails): void {
    this.entries = details.fragments.map(({ start, duration, programDateTime }) => ({
      start,
      duration,
      wallMs: programDateTime ?? 0,
    }));
  }

  private begin(details: LevelDetails): void {
    this.learn(details);
    if (this.hasStarted) return;
    this.hasStarted = true;
    const position = positionOf(this.entries, this.startMs) ?? 0;
    this.lastPosition = position;
    this.hls.startLoad(position);
    this.play();
  }

  private play(): void {
    // Refused only where the browser wants a click first; the play button is there for that.
    this.video.play().catch(() => undefined);
  }

  private meet(data: ErrorData): void {
    if (!data.fatal) return;
    const status = data.response?.code ?? 0;
    const isMedia = data.type === Hls.ErrorTypes.MEDIA_ERROR;
    if (status === 404 || data.details === Hls.ErrorDetails.LEVEL_EMPTY_ERROR) {
      this.fail("nothing");
    } else if (this.hasRecovered) {
      this.fail(isMedia ? "broken" : "notServed");
    } else {
      this.hasRecovered = true;
      if (isMedia) this.hls.recoverMediaError();
      else void this.reload();
    }
  }

  /** Once more with a new ticket: the old one may have run out while a laptop slept. */
  private async reload(): Promise<void> {
    if (!(await this.renew()) || this.isClosed) return;
    if (this.hasStarted) this.hls.startLoad();
    else this.hls.loadSource(PLAYLIST);
  }

  private fail(trouble: PlaybackTrouble): void {
    if (!this.isClosed) this.listener.onTrouble(trouble);
  }
}
