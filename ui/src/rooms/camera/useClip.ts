import { useMutation } from "@tanstack/react-query";

import { clipTicket } from "@/api/playback";
import type { StreamName } from "@/api/playback";
import { toApiError } from "@/api/errors";
import type { Span } from "@/lib/timeline";

/**
 * Downloads a clip made on the way. The browser's own download follows the link, so that length does
 * not matter; one byte is asked for first, as a download that is refused would fail without a word.
 */
export function useClip(cameraId: string, stream: StreamName) {
  return useMutation({
    mutationFn: async (span: Span) => {
      const ticket = await clipTicket(cameraId, stream, span);
      const address = `/media/v1/clip.mp4?ticket=${encodeURIComponent(ticket)}`;
      const trial = await fetch(address, { headers: { Range: "bytes=0-0" } });
      if (!trial.ok) throw toApiError(trial.status, await trial.json().catch(() => null));
      await trial.body?.cancel();
      const link = document.createElement("a");
      link.href = address;
      link.download = "";
      link.click();
    },
  });
}
