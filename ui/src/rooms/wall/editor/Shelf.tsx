import { useDraggable } from "@dnd-kit/core";
import { ActionIcon, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { Icon } from "@/kit/icons";
import { SearchBox } from "@/kit/SearchBox";
import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";
import { hasWords } from "@/lib/filter";

import css from "./Editor.module.css";

const STEP = 40;

/** The cameras that are not on the wall. */
export function Shelf({ cameras, onPut }: { cameras: readonly Camera[]; onPut: (cameraId: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const found = cameras.filter(({ name }) => hasWords(text, [name]));
  const { some, rest, more } = useGrowing(found, STEP);
  return (
    <section className={css.shelf} aria-label={t("layout.shelf")}>
      <h2 className={css.shelfTitle}>{t("layout.shelf")}</h2>
      <Text size="sm" c="dimmed">
        {t("layout.shelfHint")}
      </Text>
      <SearchBox label={t("list.searchCamera")} value={text} onChange={setText} />
      {cameras.length === 0 && <Text size="sm">{t("layout.shelfEmpty")}</Text>}
      {cameras.length > 0 && found.length === 0 && <Text size="sm">{t("list.noneFound")}</Text>}
      <ul className={css.shelfList}>
        {some.map((camera) => (
          <Item key={camera.id} camera={camera} onPut={() => onPut(camera.id)} />
        ))}
      </ul>
      <ShowMore rest={rest} onMore={more} />
    </section>
  );
}

function Item({ camera, onPut }: { camera: Camera; onPut: () => void }) {
  const { t } = useTranslation();
  const { id, name } = camera;
  const { setNodeRef, attributes, listeners } = useDraggable({
    id: `shelf:${id}`,
    data: { kind: "shelf", cameraId: id },
  });
  return (
    <li className={css.shelfItem}>
      <button type="button" ref={setNodeRef} className={css.shelfGrip} {...attributes} {...listeners} aria-label={t("layout.drag", { name })}>
        <Icon name="camera" size={16} />
        <span>{name}</span>
      </button>
      <ActionIcon variant="subtle" aria-label={t("layout.put", { name })} title={t("layout.put", { name })} onClick={onPut}>
        <Icon name="plus" size={16} />
      </ActionIcon>
    </li>
  );
}
