import { GAP_KINDS, toGapKind } from "@/lib/gapKinds";
import { barsOf, type Facts, isAnyIn, isDamaged, type Span, unplannedIn } from "@/lib/timeline";

import type { FactKind, LineKind } from "./looks";

/** A short gap or damage is still seen. */
const NARROWEST_PX = 3;

/** Which time is shown, and how many pixels wide. */
interface Window {
  view: Span;
  width: number;
}

/** The facts of one camera, each kind sorted. */
interface Prepared {
  covered: readonly Span[];
  damaged: readonly Span[];
  unreported: readonly Span[];
  /** In the order in which they are painted. */
  gaps: readonly { kind: FactKind; spans: readonly Span[] }[];
  manual: readonly Span[];
  onRecorder: readonly Span[];
  looked: readonly Span[];
}

const prepared = new WeakMap<Facts, Prepared>();

/** Sorting is done once for facts, and not for every picture. */
function prepare(facts: Facts): Prepared {
  let made = prepared.get(facts);
  if (!made) {
    const sorted = (spans: readonly Span[]) => [...spans].sort((a, b) => a.from - b.from);
    made = {
      covered: sorted(facts.covered),
      damaged: sorted(facts.covered.filter(isDamaged)),
      unreported: sorted(facts.unreported),
      gaps: GAP_KINDS.map((kind) => ({
        kind: `gap-${kind}` as const,
        spans: sorted(facts.gaps.filter((gap) => toGapKind(gap.kind) === kind)),
      })),
      manual: sorted(facts.manual ?? []),
      onRecorder: sorted(facts.onRecorder ?? []),
      looked: sorted(facts.looked ?? []),
    };
    prepared.set(facts, made);
  }
  return made;
}

/** What is painted where, later ones over earlier ones: a gap is never hidden. */
export function factBars(facts: Facts, { view, width }: Window): { kind: FactKind; bar: Span }[] {
  const paint = (kind: FactKind, bars: Span[]) => bars.map((bar) => ({ kind, bar }));
  const seen = (spans: readonly Span[]) => barsOf(spans, view, width, 0, NARROWEST_PX);
  const { covered, damaged, unreported, gaps } = prepare(facts);
  return [
    ...paint("unplanned", barsOf(unplannedIn(facts, view), view, width)),
    ...paint("covered", barsOf(covered, view, width, 0.5)),
    ...paint("damaged", seen(damaged)),
    ...paint("unreported", barsOf(unreported, view, width)),
    ...gaps.flatMap(({ kind, spans }) => paint(kind, seen(spans))),
  ];
}

/** What people recorded by hand, which is painted over all of that. */
export function manualBars(facts: Facts, { view, width }: Window): Span[] {
  return barsOf(prepare(facts).manual, view, width);
}

/** What a recorder holds, which is painted along the foot of all of that. */
export function recorderBars(facts: Facts, { view, width }: Window): Span[] {
  return barsOf(prepare(facts).onRecorder, view, width, 0.5);
}

/** When a recorder was searched: a line along the very foot. */
export function lookedBars(facts: Facts, { view, width }: Window): Span[] {
  return barsOf(prepare(facts).looked, view, width, 0.5);
}

/** Which kinds there are anything of in view. */
export function kindsIn(facts: Facts, view: Span): Set<FactKind | LineKind> {
  const { covered, damaged, unreported, gaps, manual, onRecorder, looked } = prepare(facts);
  const all = [
    { kind: "unplanned", spans: unplannedIn(facts, view) },
    { kind: "covered", spans: covered },
    { kind: "damaged", spans: damaged },
    { kind: "unreported", spans: unreported },
    { kind: "manual", spans: manual },
    { kind: "recorder", spans: onRecorder },
    { kind: "looked", spans: looked },
    ...gaps,
  ] as const;
  return new Set(all.filter(({ spans }) => isAnyIn(spans, view)).map(({ kind }) => kind));
}
