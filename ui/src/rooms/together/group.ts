import type { Playback } from "@/kit/player/playback";
import { type Clock, clockAt } from "@/lib/steer";

export type MemberState = "shown" | "loading" | "gap";

/** What the screen shows of the group. */
export interface Shown {
  /** The clock, by the second while it runs. */
  ms: number;
  isPaused: boolean;
  rate: number;
  members: Record<string, MemberState>;
}

/** Nearer to now than this there is nothing recorded yet. */
const BEHIND_NOW_MS = 6_000;
/** After a jump all wait for all, but not for ever. */
const LONGEST_GATHERING_MS = 15_000;
/** Where nobody has a picture for so long, the clock waits for them. */
const LONGEST_DARK_MS = 700;
/** A moment inside a picture, not on the edge between two. */
const INTO_PICTURE_MS = 1;

/** One clock, and the players that follow it. */
export class Group {
  private readonly players = new Map<string, Playback>();
  private clock: Clock;
  private isPaused = false;
  /** Since when the players come together at one moment; null: they do not. */
  private gatheringSince: number | null = -Infinity;

  private darkSince: number | null = null;

  constructor(startMs: number) {
    this.clock = { atMs: startMs, sinceMs: 0, rate: 1, isRunning: false };
  }

  join(cameraId: string, player: Playback | null): void {
    if (player) {
      player.setRate(this.clock.rate);
      this.players.set(cameraId, player);
      this.gather(performance.now());
    } else {
      this.players.delete(cameraId);
    }
  }

  get ms(): number {
    return clockAt(this.clock, performance.now());
  }

  seek(ms: number): void {
    this.set(Math.min(ms, Date.now() - BEHIND_NOW_MS));
    this.gather(performance.now());
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.set(this.ms);
    this.gather(performance.now());
  }

  setRate(rate: number): void {
    this.set(this.ms);
    this.clock = { ...this.clock, rate };
    for (const player of this.players.values()) player.setRate(rate);
    this.gather(performance.now());
  }

  /** The next picture of the first camera that has one, or the one before; the others follow. */
  async step(by: 1 | -1): Promise<void> {
    this.pause(true);
    const at = this.ms;
    for (const player of this.players.values()) {
      const from = player.wallMs;
      if (from === null || Math.abs(from - at) > 1_000) continue;
      const target = await player.pictureBeside(from, by);
      if (target === null) continue;
      this.set(target + INTO_PICTURE_MS);
      return;
    }
  }

  /** Leads every player to where the clock is. */
  look(nowMs: number, wallNow: number): Shown {
    this.keepBehindNow(nowMs, wallNow);
    const members: Record<string, MemberState> = {};
    for (const [cameraId, player] of this.players) {
      members[cameraId] = player.follow(this.clock, nowMs).kind;
    }
    this.endGathering(members, nowMs);
    this.waitInTheDark(members, nowMs);
    const ms = clockAt(this.clock, nowMs);
    return {
      ms: this.isPaused ? Math.floor(ms) : Math.floor(ms / 1000) * 1000,
      isPaused: this.isPaused,
      rate: this.clock.rate,
      members,
    };
  }

  private set(ms: number): void {
    this.clock = { ...this.clock, atMs: ms, sinceMs: performance.now() };
  }

  private gather(nowMs: number): void {
    this.clock = { ...this.clock, atMs: clockAt(this.clock, nowMs), sinceMs: nowMs, isRunning: false };
    this.gatheringSince = nowMs;
  }

  private endGathering(members: Record<string, MemberState>, nowMs: number): void {
    if (this.gatheringSince === null || this.isPaused) return;
    const states = Object.values(members);
    const isComplete = states.length > 0 && states.every((state) => state !== "loading");
    if (!isComplete && nowMs - this.gatheringSince < LONGEST_GATHERING_MS) return;
    this.gatheringSince = null;
    this.clock = { ...this.clock, sinceMs: nowMs, isRunning: true };
  }

  private waitInTheDark(members: Record<string, MemberState>, nowMs: number): void {
    const states = Object.values(members);
    const isDark = states.includes("loading") && !states.includes("shown");
    if (!isDark || !this.clock.isRunning) this.darkSince = null;
    else if (this.darkSince === null) this.darkSince = nowMs;
    else if (nowMs - this.darkSince > LONGEST_DARK_MS) this.gather(nowMs);
  }

  /** Fast playing ends where recording is. */
  private keepBehindNow(nowMs: number, wallNow: number): void {
    const latest = wallNow - BEHIND_NOW_MS;
    if (!this.clock.isRunning || clockAt(this.clock, nowMs) <= latest) return;
    const isFast = this.clock.rate > 1;
    this.clock = { ...this.clock, atMs: latest, sinceMs: nowMs, rate: Math.min(1, this.clock.rate) };
    if (isFast) for (const player of this.players.values()) player.setRate(1);
  }
}
