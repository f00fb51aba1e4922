/** When a fragment was taken, as its own first box says: `prft` (ISO/IEC 14496-12, 8.16.5). */

const PRFT = 0x70726674;
const PRFT_BYTES = 32;
const TICKS_A_MS = 90;
const NTP_TO_UNIX_SECONDS = 2_208_988_800;
/** Seconds of an NTP era (RFC 5905, 6); the present one ends in 2036. */
const ERA_SECONDS = 2 ** 32;
const HALF_ERA = 2 ** 31;

export interface Capture {
  /** Of its first picture, in milliseconds since 1970. */
  wallMs: number;
  /** Of media time 0, by this fragment's word: clocks drift, and the next may say otherwise. */
  epochMs: number;
}

/** Null where the fragment does not say. */
export function captureOf(fragment: ArrayBuffer): Capture | null {
  if (fragment.byteLength < PRFT_BYTES) return null;
  const view = new DataView(fragment);
  if (view.getUint32(4) !== PRFT || view.getUint8(8) !== 1) return null;
  const seconds = view.getUint32(16);
  const era = seconds < HALF_ERA ? ERA_SECONDS : 0;
  const unixSeconds = seconds + era - NTP_TO_UNIX_SECONDS;
  const wallMs = unixSeconds * 1000 + (view.getUint32(20) / ERA_SECONDS) * 1000;
  return { wallMs, epochMs: wallMs - Number(view.getBigUint64(24)) / TICKS_A_MS };
}
