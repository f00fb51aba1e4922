/**
 * Plays. Where the browser lets nothing be heard that nobody clicked on, it plays without sound; the
 * video tells that by its own `volumechange`. Browsers that forbid moving pictures too stay as they
 * are: there the play button helps.
 */
export async function startPlaying(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    const isForbidden = error instanceof DOMException && error.name === "NotAllowedError";
    if (!isForbidden || video.muted) return;
    video.muted = true;
    await video.play().catch(() => undefined);
  }
}
