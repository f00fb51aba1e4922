/** A browser that stood for so long will not go on by itself. */
const STUCK_MS = 3_000;

/** Notices that a video stands at one moment although it is to play. */
export class Standstill {
  private atSeconds = Number.NaN;
  private sinceMs = 0;

  constructor(private readonly video: HTMLVideoElement) {}

  /** Whether it stood here at each look of the last three seconds. */
  isLong(): boolean {
    const { video } = this;
    const nowMs = performance.now();
    const isStanding = !video.paused && !video.seeking && lacksNext(video);
    if (!isStanding || video.currentTime !== this.atSeconds) {
      this.atSeconds = isStanding ? video.currentTime : Number.NaN;
      this.sinceMs = nowMs;
    }
    return nowMs - this.sinceMs >= STUCK_MS;
  }
}

/** Whether the picture after the one shown is not there. */
export function lacksNext(video: HTMLVideoElement): boolean {
  return video.readyState <= video.HAVE_CURRENT_DATA;
}
