import { expect, it, vi } from "vitest";

import { startPlaying } from "@/kit/player/startPlaying";

function aVideo(refusal: string | null, muted: boolean) {
  const video = { muted, play: vi.fn() };
  video.play.mockImplementation(() =>
    refusal !== null && !video.muted ? Promise.reject(new DOMException("", refusal)) : Promise.resolve(),
  );
  return video as typeof video & HTMLVideoElement;
}

it("plays with sound where it may", async () => {
  const video = aVideo(null, false);
  await startPlaying(video);
  expect([video.muted, video.play.mock.calls.length]).toEqual([false, 1]);
});

it("plays without sound where the browser lets nothing be heard yet", async () => {
  const video = aVideo("NotAllowedError", false);
  await startPlaying(video);
  expect([video.muted, video.play.mock.calls.length]).toEqual([true, 2]);
});

it("leaves the sound alone where playing was only interrupted", async () => {
  const video = aVideo("AbortError", false);
  await startPlaying(video);
  expect([video.muted, video.play.mock.calls.length]).toEqual([false, 1]);
});
