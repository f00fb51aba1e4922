/**
 * How late the end of the buffer may be, learned from how media arrive. Times are seconds; "late" is
 * the machine's time minus media time, so that only differences of it mean anything.
 */

interface Stretch {
  beganAt: number;
  /** The latest that the edge was, right before it moved on. */
  worst: number;
  /** The least late that it was, right after it did. */
  least: number;
}

const STRETCH_SECONDS = 2;
const REMEMBERED_SECONDS = 10;
/** Beyond this media did not jitter but were held up, which nobody waits for beforehand. */
const MOST_JITTER = 0.8;
/** Media that come so much less late than before are a backlog that is being made up. */
const BACKLOG_STEP = 0.05;

/** Spare time between the playing position and the end of the buffer, for the browser's own work. */
const LEAST_MARGIN = 0.07;
const MOST_MARGIN = 0.5;
const MARGIN_PATIENCE_SECONDS = 15;

export class Arrivals {
  private stretches: Stretch[] = [];
  /** How late media were when the newest backlog had come. */
  private usual = Infinity;
  private margin = LEAST_MARGIN;
  private calmSince = 0;

  /** At `now` the buffer's end went from `before` to `after`. */
  meet(now: number, before: number, after: number): void {
    const least = now - after;
    if (least < this.usual - BACKLOG_STEP) {
      this.usual = least;
      this.stretches = [{ beganAt: now, worst: least, least }];
      return;
    }
    const newest = this.stretches.at(-1);
    const worst = now - before;
    if (!newest || now - newest.beganAt > STRETCH_SECONDS) {
      this.stretches.push({ beganAt: now, worst, least });
    } else {
      newest.worst = Math.max(newest.worst, worst);
      newest.least = Math.min(newest.least, least);
    }
    this.stretches = this.stretches.filter((each) => now - each.beganAt < REMEMBERED_SECONDS);
    if (now - this.calmSince > MARGIN_PATIENCE_SECONDS) {
      this.calmSince = now;
      this.margin = Math.max(LEAST_MARGIN, this.margin * 0.8);
    }
  }

  /** The picture stood still at `now` for want of media: leave more room. */
  ranDry(now: number): void {
    this.calmSince = now;
    this.margin = Math.min(MOST_MARGIN, this.margin * 1.4);
  }

  /** The media time to play at `now`; null: nothing is known yet. */
  wanted(now: number): number | null {
    if (this.stretches.length === 0) return null;
    const worst = Math.max(...this.stretches.map((each) => each.worst));
    return now - Math.min(worst, this.least() + MOST_JITTER) - this.margin;
  }

  private least(): number {
    return Math.min(Infinity, ...this.stretches.map((each) => each.least));
  }
}
