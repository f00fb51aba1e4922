import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";

import type { StreamName } from "@/api/playback";
import { stripPictureQuery } from "@/api/strip";
import { BlobPicture } from "@/kit/BlobPicture";
import { useNow } from "@/kit/useNow";
import type { Span } from "@/lib/timeline";

import css from "./CameraScreen.module.css";

/** The sentence beside it says what is known of the moment. */
const NO_WORDS = "";
const REST_MS = 60;
/** Moments nearer to each other than this share of the view have the same picture. */
const STEPS_A_VIEW = 300;
const LEAST_STEP_MS = 1000;

/** What was to be seen at the moment under the pointer. */
export function StripPicture({ cameraId, stream, ms, view }: {
  cameraId: string;
  stream: StreamName;
  ms: number;
  view: Span;
}) {
  const cache = useQueryClient();
  const now = useNow();
  const step = Math.max(LEAST_STEP_MS, Math.round((view.to - view.from) / STEPS_A_VIEW));
  const [wanted] = useDebouncedValue(Math.floor(ms / step) * step, REST_MS);
  const { data } = useQuery({
    ...stripPictureQuery(cache, cameraId, stream, wanted),
    enabled: wanted < now,
    placeholderData: keepPreviousData,
  });
  const picture = data?.picture;
  return picture ? <BlobPicture picture={picture} className={css.strip} alt={NO_WORDS} /> : null;
}
