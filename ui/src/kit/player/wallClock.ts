/** Calls `show` with the media time of each picture that reaches the screen; returns a stop. */
export function watchFrames(video: HTMLVideoElement, show: (mediaTime: number) => void): () => void {
  if (!("requestVideoFrameCallback" in video)) return watchTime(video, show);
  let handle = 0;
  const next = (_now: number, frame: VideoFrameCallbackMetadata) => {
    show(frame.mediaTime);
    handle = video.requestVideoFrameCallback(next);
  };
  handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}

/** For browsers that do not tell when a picture is shown. */
function watchTime(video: HTMLVideoElement, show: (mediaTime: number) => void): () => void {
  const timer = setInterval(() => {
    if (video.readyState >= video.HAVE_CURRENT_DATA) show(video.currentTime);
  }, 100);
  return () => clearInterval(timer);
}
