import { trackCount } from "@/lib/footageIndex";

import { sourceClass } from "./mediaSource";

/** Long enough for any media time, so that every moment can be sought to. */
const DURATION_SECONDS = 400 * 86_400;

/**
 * A Media Source whose time is the wall clock's, counted from `originMs`. What is appended lies at
 * its own moment, and a gap in the footage is a hole in the buffer.
 */
export class MediaFeed {
  private readonly source: MediaSource;
  private readonly url: string;
  private readonly opened: Promise<void>;
  private readonly closing = new AbortController();
  private buffer: SourceBuffer | null = null;
  private head: string | null = null;
  private mime: string;

  constructor(
    private readonly video: HTMLVideoElement,
    readonly originMs: number,
    mime: string,
  ) {
    const Source = sourceClass();
    if (!Source) throw new Error("no Media Source Extensions");
    this.mime = mime;
    this.source = new Source();
    this.url = URL.createObjectURL(this.source);
    this.opened = new Promise((resolve, reject) => {
      this.source.addEventListener("sourceopen", () => resolve(), { once: true });
      this.closing.signal.addEventListener("abort", () => reject(new Error("closed")));
    });
    this.opened.catch(() => undefined); // it is met where it is waited for
    video.disableRemotePlayback = true;
    video.src = this.url;
  }

  /** Whoever waits for the buffer is told; a browser says nothing of one that is let go. */
  close(): void {
    this.closing.abort();
    URL.revokeObjectURL(this.url);
  }

  mediaTime(ms: number): number {
    return (ms - this.originMs) / 1000;
  }

  wallMs(mediaTime: number): number {
    return this.originMs + mediaTime * 1000;
  }

  /** Whether footage of that kind can follow: pictures with and without sound need two feeds. */
  takes(mime: string): boolean {
    return trackCount(mime) === trackCount(this.mime);
  }

  /** Whether the head of `run` must be appended before its footage. */
  needsHead(run: string): boolean {
    return this.head !== run;
  }

  async appendHead(run: string, mime: string, head: Uint8Array): Promise<void> {
    await this.opened;
    if (!this.buffer) {
      this.buffer = this.source.addSourceBuffer(mime);
    } else if (mime !== this.mime) {
      this.buffer.changeType(mime);
    }
    this.mime = mime;
    await this.append(head);
    if (this.source.duration !== DURATION_SECONDS) this.source.duration = DURATION_SECONDS;
    this.head = run;
  }

  /** Whole fragments whose media time 0 is at `epochMs`. */
  async appendFootage(epochMs: number, bytes: Uint8Array): Promise<void> {
    if (!this.buffer) throw new Error("footage before its head");
    this.buffer.timestampOffset = (epochMs - this.originMs) / 1000;
    await this.append(bytes);
  }

  /** Forgets footage of [fromMs, toMs). */
  async remove(fromMs: number, toMs: number): Promise<void> {
    const buffer = this.buffer;
    const from = Math.max(0, this.mediaTime(fromMs));
    const to = Math.min(DURATION_SECONDS, this.mediaTime(toMs));
    if (!buffer || to <= from || buffer.buffered.length === 0) return;
    await this.settled(() => buffer.remove(from, to));
  }

  /** Whether the picture of that moment is in the buffer. */
  holds(ms: number): boolean {
    const at = this.mediaTime(ms);
    const buffered = this.buffer?.buffered;
    for (let place = 0; place < (buffered?.length ?? 0); place += 1) {
      if (buffered && buffered.start(place) <= at + 1e-3 && at < buffered.end(place)) return true;
    }
    return false;
  }

  private append(bytes: Uint8Array): Promise<void> {
    const buffer = this.buffer;
    if (!buffer) throw new Error("no buffer");
    return this.settled(() => buffer.appendBuffer(bytes as Uint8Array<ArrayBuffer>));
  }

  private settled(act: () => void): Promise<void> {
    const buffer = this.buffer;
    if (!buffer) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        buffer.removeEventListener("updateend", done);
        buffer.removeEventListener("error", refused);
        this.closing.signal.removeEventListener("abort", refused);
        settle();
      };
      const done = () => end(resolve);
      const refused = () => end(() => reject(new Error(this.video.error?.message ?? "refused")));
      buffer.addEventListener("updateend", done);
      buffer.addEventListener("error", refused);
      this.closing.signal.addEventListener("abort", refused);
      try {
        act();
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    });
  }
}
