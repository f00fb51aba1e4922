import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Problem } from "@/api/health";
import { type Filter, KINDS, kindsOf, sitesOf } from "@/lib/health";

import css from "./Health.module.css";

/** Which of the problems are shown: of one kind, of one site. */
export function Filters({ problems, filter, onFilter }: {
  problems: readonly Problem[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
}) {
  const { t } = useTranslation();
  const kinds = kindsOf(problems);
  const sites = sitesOf(problems);
  // What was chosen stays to be seen, though its last problem may be mended meanwhile.
  const offered = KINDS.filter((kind) => kinds.includes(kind) || kind === filter.kind);
  return (
    <div className={css.filters}>
      {offered.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t("health.filterKind")}
          value={filter.kind ?? "all"}
          onChange={(value) =>
            onFilter({ ...filter, kind: KINDS.find((kind) => kind === value) ?? null })
          }
          data={[
            { value: "all", label: t("health.kind.all") },
            ...offered.map((kind) => ({ value: kind, label: t(`health.kind.${kind}`) })),
          ]}
        />
      )}
      {(sites.length > 1 || filter.siteId !== null) && (
        <NativeSelect
          size="xs"
          aria-label={t("health.filterSite")}
          value={filter.siteId === null ? "" : String(filter.siteId)}
          onChange={({ currentTarget: { value } }) =>
            onFilter({ ...filter, siteId: value === "" ? null : Number(value) })
          }
          data={[
            { value: "", label: t("health.everySite") },
            ...sites.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
        />
      )}
    </div>
  );
}
