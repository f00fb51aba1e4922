import { useSearchParams } from "react-router";

import { NO_WISH, type Wish } from "@/lib/filter";

const NAMES: Record<keyof Wish, string> = {
  text: "q",
  state: "state",
  profile: "profile",
  group: "group",
  reason: "reason",
};
const FIELDS = Object.keys(NAMES) as (keyof Wish)[];

/** What is looked for, in the page's address: it can be sent to somebody, and Back goes to it. */
export function useWish() {
  const [search, setSearch] = useSearchParams();
  const wish: Wish = { ...NO_WISH };
  for (const field of FIELDS) wish[field] = search.get(NAMES[field]) ?? "";
  const put = (change: Partial<Wish>) =>
    setSearch(
      (before) => {
        for (const field of FIELDS) {
          const value = change[field];
          if (value === undefined) continue;
          if (value === "") before.delete(NAMES[field]);
          else before.set(NAMES[field], value);
        }
        return before;
      },
      { replace: true },
    );
  return { wish, put, clear: () => put(NO_WISH) };
}
