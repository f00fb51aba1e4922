import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { backoffMs } from "@/lib/backoff";
import { toState } from "@/lib/state";
import { parseStatus, stateAfter, type StatusMessage, tellsOfDevices } from "@/lib/status";

import { devicesQuery } from "./devices";
import { setLive } from "./liveness";
import { camerasQuery, sessionQuery } from "./queries";
import type { Camera } from "./types";

/** What a status socket tells its owner. */
export interface StatusListener {
  onMessage(message: StatusMessage): void;
  /** It is open, or was lost and comes back after a pause. */
  onChange(isOpen: boolean): void;
  /** The hub does not know this session any more; the socket stays closed. */
  onRefused(): void;
}

const NOT_KNOWN = 4401;
/** One that lasted so long was well: the next pause is short again. */
const WELL_MS = 10_000;

/**
 * The states of all cameras, kept up: it goes on after the last number that it heard, and comes
 * back after a growing, jittered pause until it is closed.
 */
export class StatusSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private openedAt = 0;
  private newest: number | null = null;

  constructor(private readonly listener: StatusListener) {
    this.open();
  }

  close(): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private open(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const after = this.newest === null ? "" : `?after=${this.newest}`;
    const socket = new WebSocket(`${scheme}://${location.host}/ws/status${after}`);
    this.socket = socket;
    socket.onopen = () => {
      this.openedAt = Date.now();
      if (socket === this.socket) this.listener.onChange(true);
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lose(code);
    };
  }

  private receive(text: string): void {
    const message = parseStatus(text);
    if (!message) return;
    this.newest = message.id;
    this.listener.onMessage(message);
  }

  private lose(code: number): void {
    this.socket = null;
    this.listener.onChange(false);
    if (code === NOT_KNOWN) {
      this.listener.onRefused();
      return;
    }
    if (this.openedAt > 0 && Date.now() - this.openedAt > WELL_MS) this.attempt = 0;
    this.openedAt = 0;
    this.timer = setTimeout(() => this.open(), backoffMs(this.attempt));
    this.attempt += 1;
  }
}

/** After a change the lists are asked for once, however many changes come together. */
const GATHER_MS = 800;
const CHANGED = ["cameras", "runners", "why", "devices", "device"];

function changed(camera: Camera, message: StatusMessage): Camera {
  const after = stateAfter(message, camera.id);
  if (!after) return camera;
  const { state, reason } = after;
  if (camera.status.state === toState(state) && camera.status.reason?.key === reason?.key) return camera;
  return { ...camera, status: { ...camera.status, state: toState(state), reason } };
}

/** Keeps what is known of cameras up to date for as long as somebody is here. */
export function useStatusSocket(): void {
  const cache = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const askSoon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        const isOne = (key: unknown) => CHANGED.includes(String(key));
        void cache.invalidateQueries({ predicate: ({ queryKey }) => isOne(queryKey[0]) });
      }, GATHER_MS);
    };
    const socket = new StatusSocket({
      onMessage: (message) => {
        if (tellsOfDevices(message, cache.getQueryData(devicesQuery.queryKey))) askSoon();
        const before = cache.getQueryData(camerasQuery.queryKey);
        const after = before?.map((camera) => changed(camera, message));
        if (!after || after.every((camera, index) => camera === before?.[index])) return;
        cache.setQueryData(camerasQuery.queryKey, after, { updatedAt: cache.getQueryState(camerasQuery.queryKey)?.dataUpdatedAt ?? Date.now() });
        askSoon();
      },
      onChange: (isOpen) => {
        setLive(isOpen);
        // Whether the hub is away shows in the answer, and from it follows when to ask again.
        if (!isOpen) askSoon();
      },
      onRefused: () => void cache.invalidateQueries(sessionQuery),
    });
    return () => {
      clearTimeout(timer);
      socket.close();
      setLive(false);
    };
  }, [cache]);
}
