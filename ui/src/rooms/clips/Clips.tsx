import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";

import { type Clip, clipsQuery } from "@/api/clips";
import { CardTable } from "@/kit/CardTable";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";
import { SearchBox } from "@/kit/SearchBox";
import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";
import { hasWords } from "@/lib/filter";

import { ClipDialog } from "./ClipDialog";
import { ClipRow } from "./ClipRow";
import css from "./Clips.module.css";

const STEP = 50;

/** What was cut: how far it is, where it can be had, and until when. */
export function Clips() {
  const { t } = useTranslation();
  const clips = useQuery(clipsQuery);
  const [search, setSearch] = useSearchParams();
  const text = search.get("q") ?? "";
  const [played, setPlayed] = useState<Clip | null>(null);
  return (
    <Page title={t("clips.title")} lead={t("clips.lead")}>
      {clips.error && (
        <ErrorNote
          error={clips.error}
          title={t("clips.failed")}
          onRetry={() => void clips.refetch()}
        />
      )}
      {clips.isPending && <EmptyState isPart isLit title={t("app.loading")} hint="" />}
      {clips.data?.length === 0 && <None />}
      {clips.data && clips.data.length > 0 && (
        <>
          <SearchBox
            label={t("clips.search")}
            value={text}
            onChange={(q) => setSearch(q === "" ? {} : { q }, { replace: true })}
            className={css.search}
          />
          <List clips={narrowed(clips.data, text)} onPlay={setPlayed} />
        </>
      )}
      {played && <ClipDialog clip={played} onClose={() => setPlayed(null)} />}
    </Page>
  );
}

function narrowed(clips: readonly Clip[], text: string): Clip[] {
  return clips.filter(({ name, camera, made_by }) => hasWords(text, [name, camera, made_by]));
}

function List({ clips, onPlay }: { clips: readonly Clip[]; onPlay: (clip: Clip) => void }) {
  const { t } = useTranslation();
  const { some, rest, more } = useGrowing(clips, STEP);
  const columns = ["name", "camera", "state", "made", "expires"] as const;
  if (clips.length === 0) return <p role="status">{t("list.noneFound")}</p>;
  return (
    <>
      <CardTable
        columns={columns.map((column) => t(`clips.column.${column}`))}
        actions={t("clips.acts")}
      >
        {some.map((clip) => (
          <ClipRow key={clip.id} clip={clip} onPlay={() => onPlay(clip)} />
        ))}
      </CardTable>
      <ShowMore rest={rest} onMore={more} />
    </>
  );
}

function None() {
  const { t } = useTranslation();
  return (
    <EmptyState isPart title={t("clips.none")} hint={t("clips.noneHint")}>
      <Group justify="center">
        <Button component={Link} to="/cameras">
          {t("clips.toCameras")}
        </Button>
        <Button component={Link} to="/recordings" variant="default">
          {t("clips.toRecordings")}
        </Button>
      </Group>
    </EmptyState>
  );
}
