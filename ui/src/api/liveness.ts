/**
 * Whether the status socket tells of each change as it happens. While it does, lists are asked for
 * now and then for the rest (bitrates, tries); without it they are asked for all the time.
 */
let isLive = false;

const WITH_SOCKET_MS = 15_000;
const WITHOUT_MS = 3_000;

export function setLive(value: boolean): void {
  isLive = value;
}

/** Milliseconds until a list of states is asked for again. */
export function statesEveryMs(): number {
  return isLive ? WITH_SOCKET_MS : WITHOUT_MS;
}
