import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Clip, clipAddresses } from "@/api/clips";
import { Dialog } from "@/kit/Dialog";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";

import css from "./Clips.module.css";

/** Plays a made clip. */
export function ClipDialog({ clip, onClose }: { clip: Clip; onClose: () => void }) {
  return (
    <Dialog title={clip.name} size="xl" onClose={onClose}>
      <Player clip={clip} />
    </Dialog>
  );
}

/** An address is good for a minute; where that ends in the midst of it, another goes on from there. */
function Player({ clip }: { clip: Clip }) {
  const { t } = useTranslation();
  const [attempt, setAttempt] = useState(0);
  const [isBroken, setBroken] = useState(false);
  const reached = useRef(0);
  const hasPlayed = useRef(false);
  const address = useQuery({
    queryKey: ["clip-address", clip.id, attempt],
    queryFn: async () => (await clipAddresses(clip.id)).play_url,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const tryAgain = () => {
    hasPlayed.current = false;
    setBroken(false);
    setAttempt(attempt + 1);
  };
  if (address.error) return <ErrorNote error={address.error} onRetry={tryAgain} />;
  if (isBroken) {
    return (
      <EmptyState isPart title={t("clips.cannotPlay")} hint={t("clips.cannotPlayHint")}>
        <Button variant="default" onClick={tryAgain}>
          {t("error.retry")}
        </Button>
      </EmptyState>
    );
  }
  if (!address.data) return <EmptyState isPart isLit title={t("app.loading")} hint="" />;
  return (
    // Cameras say nothing that could stand as words below the picture.
    // eslint-disable-next-line jsx-a11y/media-has-caption
    <video
      key={attempt}
      className={css.video}
      src={address.data}
      controls
      autoPlay
      aria-label={clip.name}
      onLoadedData={({ currentTarget }) => {
        hasPlayed.current = true;
        if (reached.current > 0) currentTarget.currentTime = reached.current;
      }}
      onTimeUpdate={({ currentTarget }) => {
        if (currentTarget.currentTime > 0) reached.current = currentTarget.currentTime;
      }}
      onSeeking={({ currentTarget }) => {
        if (hasPlayed.current) reached.current = currentTarget.currentTime;
      }}
      onError={() => {
        // What a fresh address does not play, this browser cannot.
        if (hasPlayed.current) tryAgain();
        else setBroken(true);
      }}
    />
  );
}
