import { type RefObject, useEffect, useEffectEvent, useState } from "react";

import type { StreamName } from "./liveFacts";
import { watchFrames } from "./wallClock";
import { WhepSession, type WhepTrouble } from "./whep";

interface Options {
  isActive: boolean;
  stream: StreamName;
  ticket: (stream: StreamName) => Promise<string>;
  /** WebRTC tells no moment of a picture: it is taken for one of now, which it is to a fraction. */
  onFrame?: ((wallMs: number) => void) | undefined;
  /** The session is over; it is not begun anew by itself. */
  onTrouble?: ((trouble: WhepTrouble) => void) | undefined;
}

/** Plays one camera by WebRTC in `videoRef` while it is active; whether there is a picture. */
export function useWhep(videoRef: RefObject<HTMLVideoElement | null>, options: Options): boolean {
  const { isActive, stream } = options;
  const [isPlaying, setPlaying] = useState(false);
  const takeTicket = useEffectEvent(() => options.ticket(stream));
  const onFrame = useEffectEvent(() => options.onFrame?.(Date.now()));
  const onTrouble = useEffectEvent((trouble: WhepTrouble) => options.onTrouble?.(trouble));

  useEffect(() => {
    const video = videoRef.current;
    if (!isActive || !video) return;
    // What was played before would be loaded again at the end of the session.
    video.removeAttribute("src");
    const session = new WhepSession(video, () => takeTicket(), {
      onPicture: () => setPlaying(true),
      onTrouble: (trouble) => onTrouble(trouble),
    });
    const stopWatching = watchFrames(video, () => onFrame());
    return () => {
      stopWatching();
      session.close();
      setPlaying(false);
    };
  }, [isActive, videoRef, stream]);

  return isPlaying;
}
