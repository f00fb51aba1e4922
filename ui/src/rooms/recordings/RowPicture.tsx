import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { type Recording, recordingPictureQuery } from "@/api/recordings";
import { BlobPicture } from "@/kit/BlobPicture";
import { Icon } from "@/kit/icons";
import { useOnScreen } from "@/kit/player/useOnScreen";

import css from "./Recordings.module.css";

/** A recording's first picture, fetched when it comes into sight. */
export function RowPicture({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const isOnScreen = useOnScreen(place);
  const { data: picture } = useQuery({ ...recordingPictureQuery(recording), enabled: isOnScreen });
  return (
    <div ref={place} className={css.picture}>
      {picture ? (
        <BlobPicture picture={picture} alt={t("recordings.pictureOf", { name: recording.camera })} />
      ) : (
        <Icon name="picture" size={24} />
      )}
    </div>
  );
}
