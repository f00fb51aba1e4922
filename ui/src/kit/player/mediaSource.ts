declare global {
  interface Window {
    /** Safari on a phone has this one only. */
    ManagedMediaSource?: typeof MediaSource;
  }
}

/** What a browser plays live media with; undefined where it cannot. */
export function sourceClass(): typeof MediaSource | undefined {
  return window.ManagedMediaSource ?? window.MediaSource;
}

export function canPlayLive(): boolean {
  return sourceClass() !== undefined;
}

export function canPlay(mime: string): boolean {
  return sourceClass()?.isTypeSupported(mime) ?? false;
}

/** All parts, one behind the other. */
export function joined(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return all.buffer;
}
