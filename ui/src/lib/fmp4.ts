/**
 * Just enough of fragmented MP4 (ISO/IEC 14496-12) to know when each picture is shown, and to show
 * key frames alone. Works on what our own nodes wrote: pictures are track 1, sound is track 2.
 */

const VIDEO_TRACK = 1;
/** Of pictures, as our files have it. */
export const TIMESCALE = 90_000;

interface Box {
  type: string;
  /** Of the box's content and of its end, in bytes from the start of the data. */
  body: number;
  end: number;
}

function* boxes(view: DataView, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    let size = view.getUint32(at);
    let head = 8;
    if (size === 1 && at + 16 <= to) {
      size = Number(view.getBigUint64(at + 8));
      head = 16;
    }
    if (size < head || at + size > to) return;
    const type = String.fromCharCode(
      view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7),
    );
    yield { type, body: at + head, end: at + size };
    at += size;
  }
}

function find(view: DataView, parent: Box, type: string): Box | undefined {
  for (const box of boxes(view, parent.body, parent.end)) if (box.type === type) return box;
  return undefined;
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

/** One picture: ticks of its run, and where its bytes lie in the data that was read. */
export interface Sample {
  decodeTicks: number;
  shownTicks: number;
  durationTicks: number;
  offset: number;
  size: number;
}

const HAS_OFFSET = 0x1;
const HAS_FIRST_FLAGS = 0x4;
const HAS_DURATION = 0x100;
const HAS_SIZE = 0x200;
const HAS_FLAGS = 0x400;
const HAS_COMPOSITION = 0x800;

/** The pictures that lie wholly in `data`, which begins with a fragment, as they are decoded. */
export function samplesOf(data: Uint8Array): Sample[] {
  const view = viewOf(data);
  const samples: Sample[] = [];
  for (const box of boxes(view, 0, data.byteLength)) {
    if (box.type !== "moof") continue;
    for (const traf of boxes(view, box.body, box.end)) {
      if (traf.type === "traf") samples.push(...samplesOfTrack(view, traf, box.body - 8));
    }
  }
  return samples.filter(({ offset, size }) => offset + size <= data.byteLength);
}

function samplesOfTrack(view: DataView, traf: Box, moofStart: number): Sample[] {
  const [tfhd, tfdt, trun] = ["tfhd", "tfdt", "trun"].map((type) => find(view, traf, type));
  if (!tfhd || !tfdt || !trun || view.getUint32(tfhd.body + 4) !== VIDEO_TRACK) return [];
  const isLong = view.getUint8(tfdt.body) === 1;
  let ticks = isLong ? Number(view.getBigUint64(tfdt.body + 4)) : view.getUint32(tfdt.body + 4);
  const flags = view.getUint32(trun.body) & 0xffffff;
  const count = view.getUint32(trun.body + 4);
  let at = trun.body + 8;
  let offset = moofStart;
  if (flags & HAS_OFFSET) {
    offset += view.getInt32(at);
    at += 4;
  }
  if (flags & HAS_FIRST_FLAGS) at += 4;
  const samples: Sample[] = [];
  const word = (flag: number) => {
    if (!(flags & flag)) return 0;
    at += 4;
    return view.getInt32(at - 4);
  };
  for (let index = 0; index < count && at < trun.end; index += 1) {
    const durationTicks = word(HAS_DURATION);
    const size = word(HAS_SIZE);
    word(HAS_FLAGS);
    const shownTicks = ticks + word(HAS_COMPOSITION);
    samples.push({ decodeTicks: ticks, shownTicks, durationTicks, offset, size });
    ticks += durationTicks;
    offset += size;
  }
  return samples;
}

/** A fragment with one key frame alone, shown for `durationTicks`. */
export function keyFragment(data: Uint8Array, key: Sample, durationTicks: number): Uint8Array {
  const trunBytes = 8 + 4 + 4 + 4 + 12;
  const trafBytes = 8 + 16 + 20 + trunBytes;
  const moofBytes = 8 + 16 + trafBytes;
  const made = new Uint8Array(moofBytes + 8 + key.size);
  const view = viewOf(made);
  let at = 0;
  const word = (value: number) => {
    view.setUint32(at, value >>> 0);
    at += 4;
  };
  const box = (size: number, type: string) => {
    word(size);
    for (let index = 0; index < 4; index += 1) made[at + index] = type.charCodeAt(index);
    at += 4;
  };
  box(moofBytes, "moof");
  box(16, "mfhd");
  word(0);
  word(0);
  box(trafBytes, "traf");
  box(16, "tfhd");
  word(0x020000); // offsets count from the moof
  word(VIDEO_TRACK);
  box(20, "tfdt");
  word(1 << 24);
  word(Math.floor(key.shownTicks / 2 ** 32));
  word(key.shownTicks % 2 ** 32);
  box(trunBytes, "trun");
  word((1 << 24) | HAS_OFFSET | HAS_DURATION | HAS_SIZE | HAS_FLAGS);
  word(1);
  word(moofBytes + 8);
  word(durationTicks);
  word(key.size);
  word(0x02000000); // depends on no other picture
  box(8 + key.size, "mdat");
  made.set(data.subarray(key.offset, key.offset + key.size), at);
  return made;
}

/** A file's head as if it had pictures only. */
export function withoutSound(init: Uint8Array): Uint8Array {
  const view = viewOf(init);
  const kept: Uint8Array[] = [];
  for (const box of boxes(view, 0, init.byteLength)) {
    const start = box.body - 8;
    if (box.type === "moov") kept.push(rebuilt(init, view, box, isOfPictures));
    else kept.push(init.subarray(start, box.end));
  }
  return joined(kept);
}

function isOfPictures(view: DataView, box: Box): boolean {
  if (box.type === "trex") return view.getUint32(box.body + 4) === VIDEO_TRACK;
  if (box.type !== "trak") return true;
  const tkhd = find(view, box, "tkhd");
  if (!tkhd) return true;
  const idAt = tkhd.body + (view.getUint8(tkhd.body) === 1 ? 20 : 12);
  return view.getUint32(idAt) === VIDEO_TRACK;
}

/** A box with only those children that are wanted, down to `mvex`. */
function rebuilt(
  data: Uint8Array,
  view: DataView,
  parent: Box,
  isWanted: (view: DataView, box: Box) => boolean,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const box of boxes(view, parent.body, parent.end)) {
    if (!isWanted(view, box)) continue;
    if (box.type === "mvex") parts.push(rebuilt(data, view, box, isWanted));
    else parts.push(data.subarray(box.body - 8, box.end));
  }
  const content = joined(parts);
  const made = new Uint8Array(8 + content.byteLength);
  viewOf(made).setUint32(0, made.byteLength);
  made.set(data.subarray(parent.body - 4, parent.body), 4);
  made.set(content, 8);
  return made;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
