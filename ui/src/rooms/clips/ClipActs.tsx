import { ActionIcon, Group, Menu } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type Clip, clipAddresses } from "@/api/clips";
import { useMay } from "@/api/rights";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";

import { RemoveClip } from "./RemoveClip";

/** Play it, take it away, let it go. */
export function ClipActs({ clip, onPlay }: { clip: Clip; onPlay: () => void }) {
  const { t } = useTranslation();
  const mayOperate = useMay("operate");
  const [isRemoving, setRemoving] = useState(false);
  const download = useMutation({
    mutationFn: async (what: "download_url" | "sidecar_url") =>
      (await clipAddresses(clip.id))[what],
    onSuccess: follow,
  });
  const isReady = clip.state === "ready";
  const { name } = clip;
  return (
    <>
      <Group gap={4} wrap="nowrap" justify="flex-end">
        {isReady && (
          <>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t("clips.playNamed", { name })}
              title={t("clips.play")}
              onClick={onPlay}
            >
              <Icon name="play" size={16} />
            </ActionIcon>
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <ActionIcon
                  variant="default"
                  size="lg"
                  loading={download.isPending}
                  aria-label={t("clips.downloadNamed", { name })}
                  title={t("clips.download")}
                >
                  <Icon name="download" size={17} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => download.mutate("download_url")}>{t("clips.video")}</Menu.Item>
                <Menu.Item onClick={() => download.mutate("sidecar_url")}>{t("clips.sidecar")}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
        {mayOperate && (
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t("clips.removeNamed", { name })}
            title={t("clips.remove")}
            onClick={() => setRemoving(true)}
          >
            <Icon name="trash" size={17} />
          </ActionIcon>
        )}
      </Group>
      {download.error && <ErrorNote error={download.error} />}
      {isRemoving && <RemoveClip clip={clip} onClose={() => setRemoving(false)} />}
    </>
  );
}

/** Lets the browser fetch a file: it shows how far it is, and can go on with it later. */
function follow(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}
