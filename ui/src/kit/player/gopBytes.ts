import type { Gop } from "@/lib/footageIndex";
import { keyFragment, samplesOf, TIMESCALE } from "@/lib/fmp4";

import type { Footage } from "./footage";

/** Where a key frame of a common camera ends; grows with what is met. */
const FIRST_KEY_BYTES = 160_000;
const SPARE = 1.2;

/** The bytes of footage in the shapes that a feed takes. */
export class GopBytes {
  private readonly heads = new Map<string, Promise<Uint8Array>>();
  private readonly closing = new AbortController();
  private keyBytes = FIRST_KEY_BYTES;

  constructor(private readonly footage: Footage) {}

  close(): void {
    this.closing.abort();
  }

  /** A run's head; asked for once, also where the wish that needed it was given up. */
  head({ file }: Gop): Promise<Uint8Array> {
    const known = this.heads.get(file.runId);
    if (known) return known;
    const asked = this.footage.bytes(file, 0, file.initBytes, this.closing.signal);
    this.heads.set(file.runId, asked);
    asked.catch(() => this.heads.delete(file.runId));
    return asked;
  }

  /** The key frame of a group, shown as long as the group; most are found in the first bytes. */
  async key(gop: Gop, signal: AbortSignal): Promise<Uint8Array | null> {
    for (let size = this.keyBytes; ; size *= 3) {
      const length = Math.min(size, gop.sizeBytes);
      const end = gop.offsetBytes + length;
      const bytes = await this.footage.bytes(gop.file, gop.offsetBytes, end, signal);
      const [key] = samplesOf(bytes);
      if (key) {
        this.keyBytes = Math.max(this.keyBytes, Math.ceil((key.offset + key.size) * SPARE));
        const ticks = Math.round(((gop.to - gop.from) * TIMESCALE) / 1000);
        return keyFragment(bytes, key, ticks);
      }
      if (length === gop.sizeBytes) return null;
    }
  }
}

/** The moment of each picture of whole fragments of a group. */
export function momentsOf(bytes: Uint8Array, { file }: Gop): number[] {
  return samplesOf(bytes).map(({ shownTicks }) => file.epochMs + (shownTicks * 1000) / TIMESCALE);
}
