/** What a person writes to say where a device is: a host, perhaps with a port, or a whole URL. */

export interface DeviceAddress {
  host: string;
  /** null: the usual one. */
  port: number | null;
  isTls: boolean;
  /** Where an RTSP address was written. */
  rtspPort: number | null;
}

/** Why it cannot be understood. */
export type AddressFault = "empty" | "credentials" | "unclear";

const URL_SHAPE = /^(?:(https?|rtsp):\/\/)?([^/?#]*)(?:[/?#].*)?$/i;
const PLACE = /^(?:\[([0-9a-f:.%\w]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i;
const HIGHEST_PORT = 65_535;

/** A path is left out: each maker's own is known. */
export function readDeviceAddress(text: string): DeviceAddress | AddressFault {
  const written = text.trim();
  if (written === "") return "empty";
  const [, scheme = "", place = ""] = URL_SHAPE.exec(written) ?? [];
  if (place.includes("@")) return "credentials";
  const [, six, other, digits] = PLACE.exec(place) ?? [];
  const host = six ?? other;
  const port = digits === undefined ? null : Number(digits);
  if (!host || (port !== null && (port < 1 || port > HIGHEST_PORT))) return "unclear";
  if (scheme.toLowerCase() === "rtsp") return { host, port: null, isTls: false, rtspPort: port };
  return { host, port, isTls: scheme.toLowerCase() === "https", rtspPort: null };
}

/** The other way round: as short as it can be said. */
export function writeDeviceAddress({ host, port, isTls }: {
  host: string;
  port: number | null;
  isTls: boolean;
}): string {
  const place = host.includes(":") ? `[${host}]` : host;
  const isUsual = port === null || port === (isTls ? 443 : 80);
  return `${isTls ? "https://" : ""}${place}${isUsual ? "" : `:${port}`}`;
}
