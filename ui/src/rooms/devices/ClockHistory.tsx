import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { type Device, deviceClockQuery } from "@/api/devices";
import { ErrorNote } from "@/kit/ErrorNote";
import { useClockWords } from "@/kit/useClockWords";
import { clockChart, type Reading, worstByDay } from "@/lib/clockChart";
import { isClockWrong } from "@/lib/devices";
import { dayOf, longDay } from "@/lib/zone";

import css from "./Devices.module.css";

const WIDTH = 600;
const HEIGHT = 90;

/** How far a device's clock was from ours: now, as a line over a month, and day by day in words. */
export function ClockHistory({ device, timeZone }: { device: Device; timeZone: string }) {
  const { t } = useTranslation();
  const clockWords = useClockWords();
  const history = useQuery(deviceClockQuery(device.id));
  const readings = (history.data ?? []).map(({ at, offset_seconds }) => ({
    at: Date.parse(at),
    offsetSeconds: offset_seconds,
  }));
  const now = device.clock;
  return (
    <>
      <p className={css.quiet}>{t("device.clockLead")}</p>
      {history.error && <ErrorNote error={history.error} onRetry={() => void history.refetch()} />}
      {now ? (
        <p>
          <strong className={isClockWrong(now.offset_seconds) ? css.warn : undefined}>
            {t("device.clockNow", { words: clockWords(now.offset_seconds) })}
          </strong>{" "}
          {now.zone && (
            <span className={css.quiet}>{t("device.clockZone", { zone: now.zone })}</span>
          )}
        </p>
      ) : (
        <p className={css.quiet}>{t("device.clockNone")}</p>
      )}
      {readings.length > 0 && <Line readings={readings} />}
      {readings.length > 0 && <DayTable readings={readings} timeZone={timeZone} />}
    </>
  );
}

function Line({ readings }: { readings: readonly Reading[] }) {
  const { t } = useTranslation();
  const clockWords = useClockWords();
  const chart = clockChart(readings, WIDTH, HEIGHT);
  const last = readings.at(-1);
  if (!chart || !last) return null;
  const [top, bottom] = [clockWords(chart.top), clockWords(chart.bottom)];
  return (
    <div className={css.chart}>
      <svg
        viewBox={`0 -3 ${WIDTH} ${HEIGHT + 6}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("device.clockChart", { words: clockWords(last.offsetSeconds), top, bottom })}
      >
        <line x1="0" x2={WIDTH} y1={chart.zeroY} y2={chart.zeroY} className={css.zero} />
        <polyline points={chart.line} className={css.drift} />
      </svg>
      <span aria-hidden="true" className="numeric">
        <span>{top}</span>
        <span>{bottom}</span>
      </span>
    </div>
  );
}

function DayTable({ readings, timeZone }: { readings: readonly Reading[]; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const clockWords = useClockWords();
  const days = worstByDay(readings, (ms) => dayOf(ms, timeZone));
  return (
    <details className={css.raw}>
      <summary>{t("device.clockTable")}</summary>
      <table className={`${css.days} numeric`}>
        <thead>
          <tr>
            <th scope="col">{t("device.clockDay")}</th>
            <th scope="col">{t("device.clockOffset")}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, offsetSeconds }) => (
            <tr key={day}>
              <td>{longDay(day, i18n.language)}</td>
              <td>{clockWords(offsetSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
