import type { StreamName } from "./streamChoice";

/**
 * Whether a stream may come by WebRTC: browsers take only H.264 by it. `codec` is the main stream's;
 * of the small one, and of B-frames, only its node knows, and says so when it is asked.
 */
export function mayBeDirect(stream: StreamName, codec: string): boolean {
  return stream === "sub" || codec.startsWith("avc1");
}
