/** Where nothing comes for so long, nothing more is waited for. */
const SILENCE_MS = 20_000;

/** An answer's status and all of its bytes. */
export interface Fetched {
  status: number;
  bytes: Uint8Array;
}

/**
 * Fetches an answer whole, however slowly it comes. Rejects as `fetch` does, also when nothing came
 * for SILENCE_MS: by itself a browser waits for ever.
 */
export async function fetchWhole(request: Request, signal: AbortSignal): Promise<Fetched> {
  const ending = new AbortController();
  const end = () => ending.abort();
  const silence = new Alarm(end);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    const response = await fetch(request, { signal: ending.signal });
    return { status: response.status, bytes: await bytesOf(response, silence) };
  } finally {
    silence.stop();
    signal.removeEventListener("abort", end);
  }
}

/** What is promised; rejects where it does not come within SILENCE_MS. */
export function inTime<Value>(promised: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const silence = new Alarm(() => reject(new Error("no answer in time")));
    promised.then(resolve, reject).finally(() => silence.stop());
  });
}

async function bytesOf(response: Response, silence: Alarm): Promise<Uint8Array> {
  const length = Number(response.headers.get("content-length"));
  let bytes = new Uint8Array(length);
  let count = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    silence.restart();
    const end = count + read.value.length;
    if (end > bytes.length) bytes = grown(bytes, Math.max(end, 2 * bytes.length));
    bytes.set(read.value, count);
    count = end;
  }
  return bytes.subarray(0, count);
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/** Rings once, SILENCE_MS after it was last restarted. */
class Alarm {
  private timer: ReturnType<typeof setTimeout>;

  constructor(private readonly ring: () => void) {
    this.timer = setTimeout(ring, SILENCE_MS);
  }

  restart(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.ring, SILENCE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
