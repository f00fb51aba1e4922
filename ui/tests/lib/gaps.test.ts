import { expect, it } from "vitest";

import { tell } from "@/lib/gaps";

const gap = (from: number, to: number, why: string) => ({ from, to, why });
const causeOf = ({ why }: { why: string }) => why;

it("tells gaps right beside each other with the same cause as one", () => {
  const gaps = [gap(0, 33_000, "node"), gap(33_000, 33_030, "node"), gap(33_030, 34_000, "cable")];
  expect(tell(gaps, causeOf)).toEqual([
    { gap: gap(0, 33_030, "node"), missingMs: 33_030 },
    { gap: gap(33_030, 34_000, "cable"), missingMs: 970 },
  ]);
});

it("does not count the footage between them as missing", () => {
  const gaps = [gap(0, 300, "lost"), gap(900, 1200, "lost"), gap(1800, 2000, "lost")];
  expect(tell(gaps, causeOf)).toEqual([{ gap: gap(0, 2000, "lost"), missingMs: 800 }]);
});

it("keeps apart what a second of footage separates, and puts it in order", () => {
  const gaps = [gap(2000, 2500, "lost"), gap(500, 1000, "lost")];
  expect(tell(gaps, causeOf).map((told) => told.gap.from)).toEqual([500, 2000]);
});

it("leaves what it was given as it was", () => {
  const gaps = [gap(0, 10, "lost"), gap(10, 20, "lost")];
  tell(gaps, causeOf);
  expect(gaps).toEqual([gap(0, 10, "lost"), gap(10, 20, "lost")]);
});
