import { useSearchParams } from "react-router";

import { type Filter, KINDS } from "@/lib/health";

/** Which problems are shown, in the page's address: it can be sent to somebody. */
export function useFilter() {
  const [search, setSearch] = useSearchParams();
  const site = Number(search.get("site"));
  const filter: Filter = {
    kind: KINDS.find((kind) => kind === search.get("kind")) ?? null,
    siteId: Number.isInteger(site) && site > 0 ? site : null,
  };
  const put = ({ kind, siteId }: Filter) =>
    setSearch(
      { ...(kind && { kind }), ...(siteId !== null && { site: String(siteId) }) },
      { replace: true },
    );
  return [filter, put] as const;
}
