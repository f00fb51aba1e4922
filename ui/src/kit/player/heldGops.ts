import { type Gop, nameOf } from "@/lib/footageIndex";
import type { Span } from "@/lib/timeline";

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

  /** The moments of a group's pictures, in order. */
  framesOf(gop: Gop): readonly number[] {
    return this.byName.get(nameOf(gop))?.frames ?? [];
  }

  /** The moments of all pictures, in order. */
  frames(): number[] {
    return [...this.byName.values()].flatMap(({ frames }) => frames).sort((a, b) => a - b);
  }

  put(gop: Gop, frames: readonly number[]): void {
    const { from, to, sizeBytes } = gop;
    this.byName.set(nameOf(gop), { from, to, sizeBytes, frames });
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
