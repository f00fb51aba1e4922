/** A timeline is loaded by windows: days where little is in view, four weeks where much is. */

import { joinedSpans } from "./recorder";
import type { Facts, Missing, Span } from "./timeline";
import { addDays, dayOf, daySpan } from "./zone";

const DAY_MS = 86_400_000;
const LONG_MS = 28 * DAY_MS;
/** Views up to this are made of days. */
const SHORT_VIEW_MS = 2.5 * DAY_MS;

/** The windows that hold what is in view, in order, as far as `bounds` goes. */
export function windowsOf(view: Span, bounds: Span, timeZone: string): Span[] {
  const windows = view.to - view.from <= SHORT_VIEW_MS ? days(view, timeZone) : longs(view);
  return windows.filter((each) => each.from < bounds.to && each.to > bounds.from);
}

function days(view: Span, timeZone: string): Span[] {
  const found: Span[] = [];
  const last = dayOf(view.to - 1, timeZone);
  for (let day = dayOf(view.from, timeZone); day <= last; day = addDays(day, 1)) {
    found.push(daySpan(day, timeZone));
  }
  return found;
}

function longs(view: Span): Span[] {
  const found: Span[] = [];
  for (let at = Math.floor(view.from / LONG_MS) * LONG_MS; at < view.to; at += LONG_MS) {
    found.push({ from: at, to: at + LONG_MS });
  }
  return found;
}

/** The long window beside the one that holds `ms`. */
export function longWindowAt(ms: number, beside = 0): Span {
  const from = (Math.floor(ms / LONG_MS) + beside) * LONG_MS;
  return { from, to: from + LONG_MS };
}

/** A gap or footage that two windows cut in two is told as one again. */
function rejoined<S extends Span>(spans: S[], isSame: (a: S, b: S) => boolean): S[] {
  const whole: S[] = [];
  for (const span of spans) {
    const last = whole.at(-1);
    if (last && last.to === span.from && isSame(last, span)) whole[whole.length - 1] = { ...last, to: span.to };
    else whole.push(span);
  }
  return whole;
}

/** What several windows tell, as one. */
export function joinFacts<G extends Missing>(
  windows: readonly (Facts<G> & { known: readonly Span[] })[],
  causeOf: (gap: G) => string,
): Facts<G> {
  const all = <S>(part: (facts: Facts<G>) => readonly S[] | undefined) =>
    windows.flatMap((facts) => part(facts) ?? []);
  return {
    covered: rejoined(all((facts) => facts.covered), (a, b) => !a.damagedMs && !b.damagedMs && a.node === b.node),
    gaps: rejoined(all((facts) => facts.gaps), (a, b) => causeOf(a) === causeOf(b)),
    unreported: rejoined(all((facts) => facts.unreported), () => true),
    promised: rejoined(all((facts) => facts.promised), () => true),
    manual: all((facts) => facts.manual),
    onRecorder: joinedSpans(all((facts) => facts.onRecorder)),
    ...(windows.some(({ looked }) => looked) && { looked: joinedSpans(all((facts) => facts.looked)) }),
    known: rejoined(windows.flatMap(({ known }) => known), () => true),
  };
}
