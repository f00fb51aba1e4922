import { type Clock, clockAt, steer } from "@/lib/steer";
import { showsKeyFramesOnly } from "@/lib/speed";
import type { Span } from "@/lib/timeline";

import { Footage, type TakeTicket } from "./footage";
import { GopFeeder, type PlaybackTrouble } from "./gopFeeder";
import { startPlaying } from "./startPlaying";
import { watchFrames } from "./wallClock";

export type { PlaybackTrouble } from "./gopFeeder";

export interface PlaybackListener {
  takeTicket: TakeTicket;
  /** The picture of that moment is on the screen. */
  onFrame: (wallMs: number) => void;
  onGap: (gap: Span) => void;
  onTrouble: (trouble: PlaybackTrouble) => void;
  onSound: (hasSound: boolean) => void;
  onEnd: () => void;
}

/** What browsers play at most. */
const FASTEST = 16;
/** A seek is aimed this much later than the clock, as it takes a while; who is early waits. */
const SEEK_LEAD_MS = 350;
/** A seek under way to a moment farther than this from the clock is given up for a new one. */
const LOST_MS = 15_000;
/** Moments nearer than this are the same picture. */
const SAME_MS = 0.5;
/** The last picture of a group is on the screen until so long before the group's end at least. */
const INTO_LAST_MS = 3;
/** How far a step looks for a picture where none is loaded yet. */
const STEP_LOOKS_MS = 5_000;

/** One stream's recorded footage in a video element. Every time is the wall clock's. */
export class Playback {
  private readonly footage: Footage;
  private readonly feeder: GopFeeder;
  private readonly stopWatching: () => void;
  private shownMs: number | null = null;
  /** The picture that a step asked for, until it is shown. */
  private stepMs: number | null = null;
  /** Where a clock that stands was last sought to; null while it runs. */
  private stoodMs: number | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly listener: PlaybackListener,
  ) {
    this.footage = new Footage(listener.takeTicket);
    this.feeder = new GopFeeder(video, this.footage, listener);
    this.stopWatching = watchFrames(video, (mediaTime) => this.arrive(mediaTime));
  }

  close(): void {
    this.stopWatching();
    this.feeder.close();
  }

  /** The moment of the picture on the screen; null before the first one. */
  get wallMs(): number | null {
    return this.shownMs;
  }

  seek(ms: number): void {
    this.stepMs = null;
    this.feeder.seek(ms);
  }

  play(): void {
    this.feeder.wantsPlay = true;
    void startPlaying(this.video);
  }

  pause(): void {
    this.feeder.wantsPlay = false;
    this.video.pause();
  }

  setRate(rate: number): void {
    this.applyRate(rate);
    this.feeder.setRate(rate, showsKeyFramesOnly(rate));
  }

  /** Shows the next picture, or the one before; of fast playing, the pictures that it has. */
  async step(by: 1 | -1): Promise<void> {
    this.pause();
    const from = this.stepMs ?? this.shownMs;
    if (from === null) return;
    const target = await this.pictureBeside(from, by);
    if (target === null) return;
    this.feeder.seek(target);
    this.stepMs = target;
  }

  /** The moment of the picture after `from`, or of the one before; null: there is none. */
  async pictureBeside(from: number, by: 1 | -1): Promise<number | null> {
    return this.neighbour(from, by) ?? (await this.distantNeighbour(from, by));
  }

  /**
   * Shows what the clock says, in step with others. Tells the gap in which the clock is, if any,
   * or "loading" where the picture is not there yet.
   */
  follow(clock: Clock, nowMs: number): { kind: "shown" | "loading" } | { kind: "gap"; gap: Span } {
    const { video, feeder } = this;
    feeder.jumpsGaps = false;
    const wanted = clockAt(clock, nowMs);
    const shown = feeder.position();
    const gap = this.footage.gapAt(wanted);
    if (gap) {
      this.hold();
      this.stoodMs = null;
      // What comes after the gap is made ready meanwhile.
      if (gap.to > wanted && Math.abs((shown ?? 0) - gap.to) > 50) feeder.seek(gap.to);
      return { kind: "gap", gap };
    }
    if (shown === null || (feeder.isSeeking && Math.abs(shown - wanted) > LOST_MS * clock.rate)) {
      feeder.seek(wanted);
      this.stoodMs = null;
      return { kind: "loading" };
    }
    if (feeder.isSeeking) return { kind: "loading" };
    const steering = steer(shown, wanted, clock.rate);
    if (!clock.isRunning) {
      this.hold();
      // A picture lags behind the video's time by as long as the machine takes to draw it, and one
      // at which the video was stopped stays. Only a seek shows the picture of this very moment.
      if (this.stoodMs !== wanted) {
        feeder.seek(wanted);
        this.stoodMs = wanted;
        return { kind: "loading" };
      }
      return { kind: "shown" };
    }
    this.stoodMs = null;
    if (steering.kind === "seek") {
      feeder.seek(wanted + SEEK_LEAD_MS * clock.rate);
      return { kind: "loading" };
    }
    if (steering.kind === "wait") this.hold();
    else {
      this.applyRate(steering.rate);
      if (video.paused) this.play();
    }
    return { kind: video.readyState > video.HAVE_CURRENT_DATA ? "shown" : "loading" };
  }

  private hold(): void {
    this.feeder.wantsPlay = false;
    if (!this.video.paused) this.video.pause();
  }

  private applyRate(rate: number): void {
    const bounded = Math.min(FASTEST, rate);
    if (this.video.defaultPlaybackRate !== bounded) this.video.defaultPlaybackRate = bounded;
    if (this.video.playbackRate !== bounded) this.video.playbackRate = bounded;
  }

  private arrive(mediaTime: number): void {
    const wallMs = this.feeder.wallMs(mediaTime);
    if (wallMs === null) return;
    this.shownMs = wallMs;
    this.stepMs = null;
    this.video.dataset["wallMs"] = wallMs.toFixed(2);
    this.listener.onFrame(wallMs);
  }

  private neighbour(from: number, by: 1 | -1): number | null {
    const frames = this.feeder.frames();
    const found = by === 1
      ? frames.find((ms) => ms > from + SAME_MS)
      : frames.findLast((ms) => ms < from - SAME_MS);
    // What is at hand may have a hole, in which the picture asked for lies.
    if (found === undefined || this.feeder.lacksBetween(from, found)) return null;
    return found;
  }

  /** A picture of a group that is not loaded: the first of the next, or the last of the one before. */
  private async distantNeighbour(from: number, by: 1 | -1): Promise<number | null> {
    await this.footage.know({ from: from - STEP_LOOKS_MS, to: from + STEP_LOOKS_MS }, new AbortController().signal);
    const { gops } = this.footage;
    if (by === 1) return gops.find((gop) => gop.from > from + SAME_MS)?.from ?? null;
    const before = gops.findLast((gop) => gop.from < from - SAME_MS);
    if (!before) return null;
    return before.to - INTO_LAST_MS;
  }
}
