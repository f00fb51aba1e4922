import { useTranslation } from "react-i18next";

import { Ago } from "./Ago";
import { BlobPicture } from "./BlobPicture";
import { ErrorNote } from "./ErrorNote";
import { Icon } from "./icons";
import css from "./SnapshotFigure.module.css";

interface Props {
  /** The camera's name. */
  name: string;
  /** null: there is none yet; undefined: it is being fetched. */
  snapshot: { picture: Blob; takenAt: number | null } | null | undefined;
  error: unknown;
  isSmall?: boolean;
}

/** A camera's newest picture, with its age in words, so that nobody takes it for now. */
export function SnapshotFigure({ name, snapshot, error, isSmall = false }: Props) {
  const { t } = useTranslation();
  if (error && !snapshot) return <ErrorNote error={error} />;
  return (
    <figure className={css.figure} data-small={isSmall}>
      {snapshot ? (
        <BlobPicture picture={snapshot.picture} alt={t("snapshot.of", { name })} />
      ) : (
        <span className={css.none}>
          <Icon name="picture" size={28} />
        </span>
      )}
      <figcaption className="numeric">
        {snapshot === undefined && t("app.loading")}
        {snapshot === null && t("snapshot.none")}
        {snapshot && snapshot.takenAt === null && t("snapshot.unknownAge")}
        {snapshot && snapshot.takenAt !== null && (
          <Ago at={snapshot.takenAt}>{(ago) => t("snapshot.age", { ago })}</Ago>
        )}
      </figcaption>
    </figure>
  );
}
