import { Button, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Layout } from "@/api/layouts";
import { Icon } from "@/kit/icons";

import css from "./Wall.module.css";

export const TURN_SECONDS = [0, 10, 30, 60] as const;

interface Props {
  layouts: readonly Layout[];
  chosen: Layout | null;
  me: string;
  onChoose: (id: number | null) => void;
  /** Opens the editor, with the chosen layout or a new one. */
  onEdit: (isNew: boolean) => void;
  turnSeconds: number;
  /** Absent where there is one page. */
  onTurn: ((seconds: number) => void) | undefined;
}

/** Which layout is shown, and the way to change it. */
export function LayoutMenu(props: Props) {
  const { layouts, chosen, me, onChoose, onEdit } = props;
  const { t } = useTranslation();
  const own = layouts.filter(({ owner }) => owner === me);
  const others = layouts.filter(({ owner }) => owner !== me);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          aria-label={`${t("layout.choose")}: ${chosen?.name ?? t("layout.all")}`}
          leftSection={<Icon name="wall" size={16} />}
        >
          <span className={css.layoutName}>{chosen?.name ?? t("layout.all")}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu ?? ""}>
        <Choice name={t("layout.all")} isChosen={!chosen} onChoose={() => onChoose(null)} />
        {own.length > 0 && <Menu.Label>{t("layout.own")}</Menu.Label>}
        {own.map((layout) => (
          <Choice
            key={layout.id}
            name={layout.name}
            hint={layout.is_shared ? t("layout.shared") : ""}
            isChosen={chosen?.id === layout.id}
            onChoose={() => onChoose(layout.id)}
          />
        ))}
        {others.length > 0 && <Menu.Label>{t("layout.shared")}</Menu.Label>}
        {others.map((layout) => (
          <Choice
            key={layout.id}
            name={layout.name}
            hint={t("layout.by", { owner: layout.owner })}
            isChosen={chosen?.id === layout.id}
            onChoose={() => onChoose(layout.id)}
          />
        ))}
        <Menu.Divider />
        {chosen && (
          <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={() => onEdit(false)}>
            {t("layout.edit")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Icon name="plus" size={16} />} onClick={() => onEdit(true)}>
          {t("layout.make")}
        </Menu.Item>
        {props.onTurn && <Turning seconds={props.turnSeconds} onTurn={props.onTurn} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function Turning({ seconds, onTurn }: { seconds: number; onTurn: (seconds: number) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t("wall.turn")}</Menu.Label>
      {TURN_SECONDS.map((each) => (
        <Choice
          key={each}
          name={each === 0 ? t("wall.turnOff") : t("wall.turnEvery", { seconds: each })}
          isChosen={seconds === each}
          onChoose={() => onTurn(each)}
        />
      ))}
    </>
  );
}

function Choice({ name, hint = "", isChosen, onChoose }: {
  name: string;
  hint?: string;
  isChosen: boolean;
  onChoose: () => void;
}) {
  return (
    <Menu.RadioItem
      value={name}
      checked={isChosen}
      closeMenuOnClick
      rightSection={hint && <span className={css.hint}>{hint}</span>}
      onChange={onChoose}
    >
      {name}
    </Menu.RadioItem>
  );
}
