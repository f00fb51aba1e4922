import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";

import { devicesQuery, type ListedDevice } from "@/api/devices";
import { sitesQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import { CardTable } from "@/kit/CardTable";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";
import { SearchBox } from "@/kit/SearchBox";
import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";
import { problemsFirst } from "@/lib/devices";
import { hasWords } from "@/lib/filter";

import { DeviceRow } from "./DeviceRow";
import css from "./Devices.module.css";

const STEP = 50;
/** Fewer are seen at a glance. */
const SEARCH_FROM = 6;

/** The recorders and cameras that are asked in their own protocol, those with problems first. */
export function Devices() {
  const { t } = useTranslation();
  const devices = useQuery(devicesQuery);
  const mayManage = useMay("manage");
  const addButton = mayManage && (
    <Button component={Link} to="/devices/add" leftSection={<Icon name="plus" />}>
      {t("devices.add")}
    </Button>
  );
  const isEmpty = devices.data?.length === 0;
  return (
    <Page title={t("devices.title")} lead={t("devices.lead")} action={!isEmpty && addButton}>
      {devices.error && (
        <ErrorNote
          error={devices.error}
          title={t("devices.failed")}
          onRetry={() => void devices.refetch()}
        />
      )}
      {devices.isPending && <EmptyState isPart isLit title={t("app.loading")} hint="" />}
      {isEmpty && (
        <EmptyState
          isPart
          title={t("devices.emptyTitle")}
          hint={t(mayManage ? "devices.emptyHint" : "devices.emptyAsk")}
        >
          {addButton}
        </EmptyState>
      )}
      {devices.data && !isEmpty && <List devices={devices.data} />}
    </Page>
  );
}

function List({ devices }: { devices: readonly ListedDevice[] }) {
  const { t } = useTranslation();
  const sites = useQuery(sitesQuery).data ?? [];
  const [search, setSearch] = useSearchParams();
  const text = search.get("q") ?? "";
  const shown = problemsFirst(
    devices.filter(({ name, maker, model, host }) => hasWords(text, [name, maker, model, host])),
  );
  const { some, rest, more } = useGrowing(shown, STEP);
  const columns = ["device", "state", "channels", "disks", "clock", "advice"] as const;
  return (
    <>
      {(devices.length >= SEARCH_FROM || text !== "") && (
        <SearchBox
          label={t("devices.search")}
          value={text}
          onChange={(q) => setSearch(q === "" ? {} : { q }, { replace: true })}
          className={css.search}
        />
      )}
      {shown.length === 0 ? (
        <p role="status">{t("list.noneFound")}</p>
      ) : (
        <CardTable columns={columns.map((column) => t(`devices.column.${column}`))}>
          {some.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              site={sites.length > 1 ? sites.find(({ id }) => id === device.site_id) : undefined}
            />
          ))}
        </CardTable>
      )}
      <ShowMore rest={rest} onMore={more} />
    </>
  );
}
