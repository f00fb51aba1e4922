/** Figures for people. Unit symbols are the same in Spanish and English. */

function number(value: number, digits: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** `4.2 Mbit/s`. */
export function bitrate(bps: number, language: string): string {
  if (bps >= 1_000_000) return `${number(bps / 1_000_000, 1, language)} Mbit/s`;
  return `${number(bps / 1_000, 0, language)} kbit/s`;
}

/** `1.2 TB`, in powers of ten as disks are sold. */
export function size(bytes: number, language: string): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, value < 10 && unit > 0 ? 1 : 0, language)} ${units[unit] ?? ""}`;
}

/** `3 min 20 s`: the two greatest units that are not zero; `300 ms` below a second. */
export function duration(ms: number): string {
  if (ms < 1000) return ms <= 0 ? "0 s" : `${Math.round(ms)} ms`;
  let left = Math.round(ms / 1000);
  const parts: string[] = [];
  for (const [unit, seconds] of [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** A figure with one decimal at most. */
export function figure(value: number, language: string): string {
  return number(value, 1, language);
}
