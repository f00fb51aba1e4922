import { type Gop, nameOf } from "@/lib/footageIndex";
import type { Span } from "@/lib/timeline";

import { momentsOf } from "./gopBytes";

interface Held extends Span {
  sizeBytes: number;
  /** Wall-clock time of each picture, in order. */
  frames: readonly number[];
}

/** What a feed was given, by groups of pictures. */
export class HeldGops {
  private readonly byName = new Map<string, Held>();

  has(gop: Gop): boolean {
    return this.byName.has(nameOf(gop));
  }

  /** How much of a group is here; one that is being recorded grows. */
  sizeOf(gop: Gop): number {
    return this.byName.get(nameOf(gop))?.sizeBytes ?? 0;
  }

  /** The moments of all pictures, in order. */
  frames(): number[] {
    return [...this.byName.values()].flatMap(({ frames }) => frames).sort((a, b) => a - b);
  }

  put(gop: Gop, frames: readonly number[]): void {
    const { from, to, sizeBytes } = gop;
    this.byName.set(nameOf(gop), { from, to, sizeBytes, frames });
  }

  /** Notes groups of which the bytes of their file from `fromByte` on came. */
  putRead(gops: readonly Gop[], fromByte: number, bytes: Uint8Array): void {
    for (const gop of gops) {
      const start = Math.max(gop.offsetBytes, fromByte);
      const part = bytes.subarray(start - fromByte, gop.offsetBytes + gop.sizeBytes - fromByte);
      const before = start > gop.offsetBytes ? (this.byName.get(nameOf(gop))?.frames ?? []) : [];
      this.put(gop, [...before, ...momentsOf(part, gop)]);
    }
  }

  forget(gop: Gop): void {
    this.byName.delete(nameOf(gop));
  }

  clear(): void {
    this.byName.clear();
  }

  /** Forgets the groups outside of a span, and tells them. */
  forgetOutside({ from, to }: Span): Span[] {
    const far = [...this.byName].filter(([, held]) => held.to < from || held.from > to);
    for (const [name] of far) this.byName.delete(name);
    return far.map(([, held]) => held);
  }
}
