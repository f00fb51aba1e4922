import { Checkbox, Group, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useCameraAct } from "@/api/planActs";
import { whyQuery } from "@/api/plans";
import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { Address } from "@/kit/Address";
import { ErrorNote } from "@/kit/ErrorNote";
import { Moment } from "@/kit/Moment";
import { PlanBadges } from "@/kit/plan/PlanBadges";
import { WhyButton } from "@/kit/plan/WhyButton";
import { StateBadge } from "@/kit/StateBadge";
import { bitrate } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./CameraTable.module.css";
import type { Open } from "./Dialogs";
import { RowActs } from "./RowActs";

interface Props {
  camera: Camera;
  isChosen: boolean;
  onChoose: (id: string, isChosen: boolean) => void;
  onOpen: (open: Open) => void;
}

/** One camera: how it does, how it is run, and what can be asked of it. */
export const CameraRow = memo(function CameraRow({ camera, isChosen, onChoose, onOpen }: Props) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone(camera.site_id);
  const act = useCameraAct(camera.id);
  const { status } = camera;
  return (
    <Table.Tr data-chosen={isChosen}>
      <Table.Td className={css.tick ?? ""}>
        <Checkbox
          aria-label={t("list.chooseNamed", { name: camera.name })}
          checked={isChosen}
          onChange={({ currentTarget }) => onChoose(camera.id, currentTarget.checked)}
        />
      </Table.Td>
      <Table.Td className={css.who ?? ""}>
        <Link to={`/cameras/${camera.id}`} className={css.name}>
          {camera.name}
        </Link>
        <small>
          <Address address={camera.address} />
        </small>
      </Table.Td>
      <Table.Td data-label={t("cameras.state")}>
        <Group gap={6}>
          {!(camera.pause && status.state === "paused") && <StateBadge state={status.state} />}
          <PlanBadges pause={camera.pause} manual={camera.manual} timeZone={timeZone} />
          <Why camera={camera} timeZone={timeZone} />
        </Group>
        {status.reason && status.state !== "paused" && (
          <div className={css.note}>{pick(status.reason, i18n.language)}</div>
        )}
        {camera.pause?.why && <div className={css.note}>{t("plan.because", { why: camera.pause.why })}</div>}
        {act.error && <ErrorNote error={act.error} />}
        {act.isSuccess && act.variables.kind === "enforce" && (
          <div className={css.note} role="status">
            {t("plan.asked")}
          </div>
        )}
      </Table.Td>
      <Table.Td data-label={t("cameras.profile")}>
        {camera.profile ? (
          <Link to={`/plans/profiles/${camera.profile.id}`} className={css.profile}>
            {camera.profile.name}
          </Link>
        ) : (
          <span className={css.quiet}>{t("cameras.noProfile")}</span>
        )}
      </Table.Td>
      <Table.Td data-label={t("cameras.bitrate")} className={`${css.figure} numeric`}>
        {status.bitrate_bps > 0 ? bitrate(status.bitrate_bps, i18n.language) : "–"}
      </Table.Td>
      <Table.Td data-label={t("cameras.since")} className={css.since ?? ""}>
        {status.since ? <Moment at={status.since} timeZone={timeZone} /> : "–"}
      </Table.Td>
      <Table.Td className={css.acts ?? ""}>
        <RowActs
          camera={camera}
          isBusy={act.isPending}
          timeZone={timeZone}
          onAct={(wanted) => act.mutate(wanted)}
          onOpen={onOpen}
        />
      </Table.Td>
    </Table.Tr>
  );
});

function Why({ camera, timeZone }: { camera: Camera; timeZone: string }) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useQuery({ ...whyQuery(camera.id), enabled: isOpen });
  return (
    <WhyButton
      name={camera.name}
      timeZone={timeZone}
      isOpen={isOpen}
      onOpen={setOpen}
      facts={data}
      error={error}
    />
  );
}
