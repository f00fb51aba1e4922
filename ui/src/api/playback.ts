import { client, unwrap } from "./client";

interface Span {
  from: number;
  to: number;
}

export type StreamName = "main" | "sub";

async function spanTicket(
  purpose: "playback" | "clip" | "recorder",
  cameraId: string,
  stream: StreamName,
  span: Span,
) {
  const body = {
    camera_id: cameraId,
    stream,
    purpose,
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
  };
  return unwrap(client.POST("/api/v1/tickets", { body }));
}

/** Leave to play the beginning of a span, and which parts of the span need a leave of their own. */
export async function playbackTicket(
  cameraId: string,
  stream: StreamName,
  span: Span,
): Promise<{ ticket: string; parts: Span[] }> {
  const { ticket, parts } = await spanTicket("playback", cameraId, stream, span);
  return {
    ticket,
    parts: parts.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })),
  };
}

/** Leave to download a span as one file that is made on the way. */
export async function clipTicket(
  cameraId: string,
  stream: StreamName,
  span: Span,
): Promise<string> {
  return (await spanTicket("clip", cameraId, stream, span)).ticket;
}

/** Leave to have a camera's recorder play what it holds of a span. */
export async function recorderTicket(cameraId: string, span: Span): Promise<string> {
  return (await spanTicket("recorder", cameraId, "main", span)).ticket;
}
