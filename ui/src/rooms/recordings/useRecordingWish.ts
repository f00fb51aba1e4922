import { useSearchParams } from "react-router";

import { NO_RECORDING_WISH, ORDERS, type RecordingWish, WHENS } from "@/lib/recordings";

const FIELDS = Object.keys(NO_RECORDING_WISH) as (keyof RecordingWish)[];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What is looked for, in the page's address: it can be sent to somebody, and Back goes to it. */
export function useRecordingWish() {
  const [search, setSearch] = useSearchParams();
  const put = (change: Partial<RecordingWish>) =>
    setSearch(
      (before) => {
        for (const field of FIELDS) {
          const value = change[field];
          if (value === undefined) continue;
          if (value === NO_RECORDING_WISH[field]) before.delete(field);
          else before.set(field, value);
        }
        return before;
      },
      { replace: true },
    );
  return { wish: wishIn(search), put, clear: () => put(NO_RECORDING_WISH) };
}

/** What makes no sense in an address is not asked for. */
function wishIn(search: URLSearchParams): RecordingWish {
  const get = (field: keyof RecordingWish) => search.get(field) ?? "";
  const amount = (field: "length" | "size") => (Number(get(field)) > 0 ? get(field) : "");
  const day = get("day");
  return {
    camera: get("camera"),
    when: WHENS.find((each) => each === get("when")) ?? NO_RECORDING_WISH.when,
    day: DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : "",
    cause: get("cause"),
    stream: ["main", "sub"].includes(get("stream")) ? get("stream") : "",
    length: amount("length"),
    size: amount("size"),
    order: ORDERS.find((each) => each === get("order")) ?? NO_RECORDING_WISH.order,
  };
}
