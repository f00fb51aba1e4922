import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { type Recording, recordingsQuery, useCameraZone } from "@/api/recordings";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";
import { ShowMore } from "@/kit/ShowMore";
import { useNow } from "@/kit/useNow";
import { spanOfWish } from "@/lib/recordings";

import { RecordingFilters } from "./RecordingFilters";
import css from "./Recordings.module.css";
import { RecordingTable } from "./RecordingTable";
import { useRecordingWish } from "./useRecordingWish";

/** What footage there is, recording by recording, and why each ended. */
export function Recordings() {
  const { t } = useTranslation();
  const found = useRecordingWish();
  const timeZone = useCameraZone(found.wish.camera);
  return (
    <Page title={t("recordings.title")} lead={t("recordings.lead")}>
      {timeZone === null ? (
        <EmptyState isPart isLit title={t("app.loading")} hint="" />
      ) : (
        <List {...found} timeZone={timeZone} />
      )}
    </Page>
  );
}

function List({ wish, put, clear, timeZone }: ReturnType<typeof useRecordingWish> & {
  timeZone: string;
}) {
  const { t } = useTranslation();
  const span = spanOfWish(wish, useNow(60_000), timeZone);
  const list = useInfiniteQuery(recordingsQuery(wish, span));
  const found = list.data?.pages.flatMap(({ recordings }) => recordings);
  return (
    <>
      <RecordingFilters wish={wish} span={span} timeZone={timeZone} onChange={put} />
      {list.error && !list.isFetchNextPageError && (
        <ErrorNote
          error={list.error}
          title={t("recordings.failed")}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isPending && <EmptyState isPart isLit title={t("app.loading")} hint="" />}
      {found?.length === 0 && (
        <EmptyState isPart title={t("recordings.none")} hint={t("recordings.noneHint")}>
          <Button variant="default" onClick={clear}>
            {t("recordings.clear")}
          </Button>
        </EmptyState>
      )}
      {found && found.length > 0 && (
        <div className={css.list} aria-busy={list.isPlaceholderData}>
          <RecordingTable recordings={once(found)} />
          {list.isFetchNextPageError ? (
            <ErrorNote
              error={list.error}
              title={t("recordings.failed")}
              onRetry={() => void list.fetchNextPage()}
            />
          ) : (
            <ShowMore
              rest={list.hasNextPage ? 1 : 0}
              label={t(list.isFetchingNextPage ? "app.loading" : "recordings.more")}
              onMore={() => {
                if (!list.isFetchingNextPage) void list.fetchNextPage();
              }}
            />
          )}
        </div>
      )}
    </>
  );
}

/** A recording that grows may move to another page while the list is read. */
function once(recordings: readonly Recording[]): Recording[] {
  return [...new Map(recordings.map((each) => [each.run_id, each])).values()];
}
