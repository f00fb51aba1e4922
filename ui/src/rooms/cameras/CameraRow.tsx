import { ActionIcon, Group, Menu, Table, Text, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useCameraAct } from "@/api/planActs";
import { whyQuery } from "@/api/plans";
import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { Address } from "@/kit/Address";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Moment } from "@/kit/Moment";
import { ActsMenu } from "@/kit/plan/ActsMenu";
import { PlanBadges } from "@/kit/plan/PlanBadges";
import { WhyButton } from "@/kit/plan/WhyButton";
import { StateBadge } from "@/kit/StateBadge";
import { bitrate } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./CameraTable.module.css";

export interface Acts {
  onEdit: (camera: Camera) => void;
  onRemove: (camera: Camera) => void;
  onProfile: (camera: Camera) => void;
  onCommand: (camera: Camera) => void;
}

/** One camera: how it does, how it is run, and what can be asked of it. */
export function CameraRow({ camera, ...acts }: Acts & { camera: Camera }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone(camera.site_id);
  const act = useCameraAct(camera.id);
  const { status } = camera;
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={`/cameras/${camera.id}`} className={css.name}>
          {camera.name}
        </Link>
        <span className={css.address}>
          <Address address={camera.address} />
        </span>
      </Table.Td>
      <Table.Td data-label={t("cameras.state")}>
        <Group gap={6}>
          {!(camera.pause && status.state === "paused") && <StateBadge state={status.state} />}
          <PlanBadges pause={camera.pause} manual={camera.manual} timeZone={timeZone} />
          <Why camera={camera} timeZone={timeZone} />
        </Group>
        {status.reason && status.state !== "paused" && (
          <Text size="sm" c="dimmed" mt={4} maw={380}>
            {pick(status.reason, i18n.language)}
          </Text>
        )}
        {camera.pause?.why && (
          <Text size="sm" c="dimmed" mt={4} maw={380}>
            {t("plan.because", { why: camera.pause.why })}
          </Text>
        )}
        {act.error && <ErrorNote error={act.error} />}
        {act.isSuccess && act.variables.kind === "enforce" && (
          <Text size="sm" c="dimmed" mt={4} role="status">
            {t("plan.asked")}
          </Text>
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
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <ActsMenu
            name={camera.name}
            isPaused={camera.pause !== null}
            isManual={camera.manual !== null}
            isBusy={act.isPending}
            timeZone={timeZone}
            onAct={(wanted) => act.mutate(wanted)}
          >
            <Menu.Item leftSection={<Icon name="plan" size={15} />} onClick={() => acts.onProfile(camera)}>
              {t("cameras.changeProfile")}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="copy" size={15} />} onClick={() => acts.onCommand(camera)}>
              {t("cameras.showCommand")}
            </Menu.Item>
          </ActsMenu>
          <Act
            icon="edit"
            label={t("cameras.edit")}
            spoken={t("cameras.editNamed", { name: camera.name })}
            onClick={() => acts.onEdit(camera)}
          />
          <Act
            icon="trash"
            label={t("cameras.remove")}
            spoken={t("cameras.removeNamed", { name: camera.name })}
            onClick={() => acts.onRemove(camera)}
          />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

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

function Act({ icon, label, spoken, onClick }: {
  icon: "edit" | "trash";
  label: string;
  spoken: string;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={spoken} onClick={onClick}>
        <Icon name={icon} size={17} />
      </ActionIcon>
    </Tooltip>
  );
}
