import { useTranslation } from "react-i18next";

import {
  barsOf,
  type DayMark,
  kindOf,
  type Piece,
  type ProfileLook,
} from "@/lib/fortnight";
import type { Span } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { clock, dayOf, weekday } from "@/lib/zone";

import css from "./Fortnight.module.css";

const percent = (share: number) => `${share * 100}%`;
/** Room for a letter, as a share of the line. */
const LETTER_SHARE = 0.014;

/** The days above the lines. */
export function Scale({ days }: { days: readonly DayMark[] }) {
  const { i18n } = useTranslation();
  return (
    <div className={css.scale} aria-hidden="true">
      {days.map(({ day, start, length }) => (
        <span key={day} style={{ left: percent(start), width: percent(length) }}>
          {length > 0.03 && (
            <>
              {weekday(day, i18n.language)} <b>{Number(day.slice(8))}</b>
            </>
          )}
        </span>
      ))}
    </div>
  );
}

interface LineProps {
  label: string;
  pieces: readonly Piece[];
  window: Span;
  days: readonly DayMark[];
  looks: readonly ProfileLook[];
  timeZone: string;
}

/** One camera's days to come. Profiles differ in pattern and letter as well as in colour. */
export function Line({ label, pieces, window, days, looks, timeZone }: LineProps) {
  const say = useSayPiece(timeZone);
  return (
    <div className={css.line} role="img" aria-label={label}>
      {barsOf(pieces, window).map(({ start, length, piece }) => {
        const look = looks.find(({ profile }) => profile === piece.profile);
        return (
          <span
            key={piece.from}
            className={css.bar}
            data-kind={kindOf(piece)}
            data-pattern={piece.runs ? look?.pattern : undefined}
            style={{ left: percent(start), width: percent(length) }}
            title={say(piece)}
          >
            {piece.runs && length > LETTER_SHARE && <b>{look?.letter}</b>}
          </span>
        );
      })}
      {days.map(({ day, start }) => (
        <i key={day} className={css.midnight} style={{ left: percent(start) }} />
      ))}
    </div>
  );
}

/** What the patterns mean. */
export function FortnightLegend({ looks, pieces }: {
  looks: readonly ProfileLook[];
  pieces: readonly Piece[];
}) {
  const { t } = useTranslation();
  const kinds = new Set(pieces.map(kindOf));
  return (
    <ul className={css.legend}>
      {looks.map(({ profile, letter, pattern }) => (
        <li key={profile}>
          <span className={css.swatch} data-kind="runs" data-pattern={pattern}>
            <b>{letter}</b>
          </span>
          {profile || t("picture.ownManner")}
        </li>
      ))}
      {(["manual", "paused", "rests"] as const)
        .filter((kind) => kinds.has(kind))
        .map((kind) => (
          <li key={kind}>
            <span className={css.swatch} data-kind={kind} />
            {t(`picture.${kind}`)}
          </li>
        ))}
    </ul>
  );
}

/** A piece in words: from when to when, what runs, and why. */
export function useSayPiece(timeZone: string): (piece: Piece) => string {
  const { i18n } = useTranslation();
  const what = useWhat();
  return (piece) => {
    const moment = (ms: number) =>
      `${weekday(dayOf(ms, timeZone), i18n.language)} ${clock(ms, timeZone, false)}`;
    const times = `${moment(piece.from)} – ${moment(piece.to)}`;
    return `${times}: ${what(piece)}. ${pick(piece.why, i18n.language)}`;
  };
}

/** What a piece runs with, or that it rests. */
export function useWhat(): (piece: Piece) => string {
  const { t } = useTranslation();
  return (piece) => {
    if (piece.runs) return piece.profile || t("picture.ownManner");
    return t(kindOf(piece) === "paused" ? "picture.paused" : "picture.rests");
  };
}
