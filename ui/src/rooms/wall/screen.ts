/** Asking the browser for more room. A refusal (no gesture, a setting) leaves all as it is. */

/** Fills the screen with `element`, or gives the screen back. */
export async function toggleFull(element: Element | null): Promise<void> {
  try {
    if (document.fullscreenElement === element) await document.exitFullscreen();
    else await element?.requestFullscreen();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

export function canFloat(): boolean {
  return document.pictureInPictureEnabled;
}

/** Lets the picture inside `tile` float above all windows, or brings it back. */
export async function toggleFloat(tile: Element | null): Promise<void> {
  const video = tile?.querySelector("video");
  if (!video) return;
  try {
    if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

/** Whether one tile fills the screen, or its picture floats in a window of its own. */
export function isTileAlone(): boolean {
  return document.pictureInPictureElement != null || document.fullscreenElement?.localName === "article";
}

/** Also for a video that has no picture yet. */
function isRefusal(error: unknown): boolean {
  const isNamed = error instanceof DOMException;
  return error instanceof TypeError || (isNamed && ["NotAllowedError", "InvalidStateError", "NotSupportedError"].includes(error.name));
}
