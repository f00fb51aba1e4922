import { type RefObject, useEffect, useState } from "react";

/** Whether the video floats in a window of its own, where it is seen wherever the page is. */
export function usePictureInPicture(ref: RefObject<HTMLVideoElement | null>): boolean {
  const [isFloating, setFloating] = useState(false);
  useEffect(() => {
    const video = ref.current;
    if (!video) return;
    const look = () => setFloating(document.pictureInPictureElement === video);
    video.addEventListener("enterpictureinpicture", look);
    video.addEventListener("leavepictureinpicture", look);
    return () => {
      video.removeEventListener("enterpictureinpicture", look);
      video.removeEventListener("leavepictureinpicture", look);
    };
  }, [ref]);
  return isFloating;
}
