import { client, unwrap } from "./client";
import { ApiError } from "./errors";

type StreamName = "main" | "sub";

interface Wish {
  cameraId: string;
  stream: StreamName;
  resolve: (ticket: string) => void;
  reject: (error: unknown) => void;
}

let wishes: Wish[] = [];

/** Leave to see one camera, good for a minute. What is wished for at once is asked for in one call. */
export function liveTicket(cameraId: string, stream: StreamName = "main"): Promise<string> {
  return new Promise((resolve, reject) => {
    wishes.push({ cameraId, stream, resolve, reject });
    if (wishes.length === 1) setTimeout(() => void askForAll());
  });
}

async function askForAll(): Promise<void> {
  const asked = wishes;
  wishes = [];
  const body = { wishes: asked.map(({ cameraId, stream }) => ({ camera_id: cameraId, stream })) };
  try {
    const { tickets } = await unwrap(client.POST("/api/v1/tickets/live", { body }));
    asked.forEach(({ resolve, reject }, index) => {
      const { ticket, refusal } = tickets[index] ?? { ticket: null, refusal: null };
      if (ticket) resolve(ticket);
      else reject(new ApiError(refusal?.status ?? 503, refusal?.key ?? "no_ticket", refusal));
    });
  } catch (error) {
    for (const { reject } of asked) reject(error);
  }
}
