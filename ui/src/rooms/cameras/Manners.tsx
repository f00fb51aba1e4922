import { NativeSelect, NumberInput, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { nodesQuery } from "@/api/queries";
import type { Camera, CameraFields } from "@/api/types";
import { toCpuList } from "@/lib/knobs";
import { rangesText } from "@/lib/ranges";

import css from "./AddressExamples.module.css";

/** How a camera is recorded, as the form holds it. */
export interface MannerValues {
  /** "" for these three: nothing said, so that the profile or the default counts. */
  engine: NonNullable<Camera["engine"]> | "";
  transport: NonNullable<Camera["transport"]> | "";
  sound: "yes" | "no" | "";
  /** As in nice(1); empty: nothing said. */
  nice: number | string;
  /** CPUs as people write them, `0-3, 6`; empty: nothing said. */
  cpus: string;
  /** The node that takes over; "" for none. */
  standby: string;
  /** In GB, as disks are sold; empty: no limit of its own. */
  budget: number | string;
}

const GB = 1e9;
const ENGINES = ["auto", "native", "ffmpeg"] as const;
const TRANSPORTS = ["auto", "tcp", "udp", "multicast"] as const;
const SOUNDS = ["yes", "no"] as const;
export const MANNER_FIELDS = [
  "engine",
  "transport",
  "records_sound",
  "nice",
  "cpu_affinity",
  "standby_node_id",
  "budget_bytes",
] as const;
export type MannerField = (typeof MANNER_FIELDS)[number];

export function mannersOf(camera: Camera | null): MannerValues {
  return {
    engine: camera?.engine ?? "",
    transport: camera?.transport ?? "",
    sound: soundOf(camera?.records_sound ?? null),
    nice: camera?.nice ?? "",
    cpus: rangesText(camera?.cpu_affinity ?? []),
    standby: camera?.standby_node_id ?? "",
    budget: camera?.budget_bytes ? camera.budget_bytes / GB : "",
  };
}

function soundOf(isRecorded: boolean | null): MannerValues["sound"] {
  if (isRecorded === null) return "";
  return isRecorded ? "yes" : "no";
}

/** Only what a person changed: the rest stays as it is. */
export function changedManners(now: MannerValues, before: MannerValues): Partial<CameraFields> {
  return {
    ...(now.engine !== before.engine && { engine: now.engine || null }),
    ...(now.transport !== before.transport && { transport: now.transport || null }),
    ...(now.sound !== before.sound && {
      records_sound: now.sound === "" ? null : now.sound === "yes",
    }),
    ...(now.nice !== before.nice && { nice: now.nice === "" ? null : Number(now.nice) }),
    ...(now.cpus.trim() !== before.cpus && {
      // What is no number goes to the hub as it is, to be refused in its own words.
      cpu_affinity: now.cpus.trim() === "" ? null : (toCpuList(now.cpus) as number[]),
    }),
    ...(now.standby !== before.standby && { standby_node_id: now.standby || null }),
    ...(now.budget !== before.budget && { budget_bytes: Math.round(Number(now.budget) * GB) }),
  };
}

interface Props {
  values: MannerValues;
  /** The machine that records the camera. */
  nodeId: string | null;
  onChange: (values: MannerValues) => void;
  /** What the hub says of one of the fields. */
  errorOf: (field: MannerField) => string | false;
}

/** What most people never need; folded away unless some of it was set or is refused. */
export function Manners({ values, nodeId, onChange, errorOf }: Props) {
  const { t, i18n } = useTranslation();
  const put = (change: Partial<MannerValues>) => onChange({ ...values, ...change });
  const isSet = Object.keys(changedManners(values, mannersOf(null))).length > 0;
  const [isOpen, setOpen] = useState(isSet);
  const isRefused = MANNER_FIELDS.some((field) => errorOf(field));
  return (
    <details
      className={css.box}
      open={isOpen || isRefused}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{t("cameraForm.advanced")}</summary>
      <SimpleGrid cols={{ base: 1, xs: 2 }} mt="xs">
        <NativeSelect
          label={t("cameraForm.engine")}
          description={t("cameraForm.engineHint")}
          value={values.engine}
          error={errorOf("engine")}
          onChange={({ currentTarget: { value } }) =>
            put({ engine: ENGINES.find((name) => name === value) ?? "" })
          }
          data={[
            { value: "", label: t("cameraForm.notSaid") },
            { value: "auto", label: t("cameraForm.engines.auto") },
            { value: "native", label: t("cameraForm.engines.native") },
            { value: "ffmpeg", label: "ffmpeg" },
          ]}
        />
        <NativeSelect
          label={t("cameraForm.transport")}
          description={t("cameraForm.transportHint")}
          value={values.transport}
          error={errorOf("transport")}
          onChange={({ currentTarget: { value } }) =>
            put({ transport: TRANSPORTS.find((name) => name === value) ?? "" })
          }
          data={[
            { value: "", label: t("cameraForm.notSaid") },
            { value: "auto", label: t("cameraForm.transports.auto") },
            { value: "tcp", label: "TCP" },
            { value: "udp", label: "UDP" },
            { value: "multicast", label: t("cameraForm.transports.multicast") },
          ]}
        />
        <NativeSelect
          label={t("cameraForm.sound")}
          description={t("cameraForm.soundHint")}
          value={values.sound}
          error={errorOf("records_sound")}
          onChange={({ currentTarget: { value } }) =>
            put({ sound: SOUNDS.find((name) => name === value) ?? "" })
          }
          data={[
            { value: "", label: t("cameraForm.notSaid") },
            { value: "yes", label: t("action.yes") },
            { value: "no", label: t("action.no") },
          ]}
        />
        <NumberInput
          label={t("cameraForm.nice")}
          description={t("cameraForm.niceHint")}
          placeholder={t("cameraForm.notSaid")}
          value={values.nice}
          error={errorOf("nice")}
          min={-20}
          max={19}
          allowDecimal={false}
          onChange={(nice) => put({ nice })}
        />
        <TextInput
          label={t("cameraForm.cpus")}
          description={t("cameraForm.cpusHint")}
          placeholder={t("cameraForm.notSaid")}
          value={values.cpus}
          error={errorOf("cpu_affinity")}
          autoComplete="off"
          onChange={({ currentTarget }) => put({ cpus: currentTarget.value })}
        />
        <Standby
          value={values.standby}
          nodeId={nodeId}
          error={errorOf("standby_node_id")}
          onChange={(standby) => put({ standby })}
        />
      </SimpleGrid>
      <NumberInput
        mt="md"
        label={t("cameraForm.budget")}
        description={t("cameraForm.budgetHint")}
        value={values.budget}
        error={errorOf("budget_bytes")}
        min={0}
        max={1e6}
        decimalScale={3}
        decimalSeparator={i18n.language === "es" ? "," : "."}
        allowedDecimalSeparators={[".", ","]}
        allowNegative={false}
        hideControls
        onChange={(budget) => put({ budget })}
      />
    </details>
  );
}

/** Another machine of the site that takes over when the first is not heard; only where there is one. */
function Standby({ value, nodeId, error, onChange }: {
  value: string;
  nodeId: string | null;
  error: string | false;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  const nodes = useQuery(nodesQuery).data ?? [];
  const siteId = nodes.find(({ id }) => id === nodeId)?.site_id;
  const others = nodes.filter(({ id, site_id }) => id !== nodeId && site_id === siteId);
  if (others.length === 0 && value === "") return null;
  return (
    <NativeSelect
      label={t("cameraForm.standby")}
      description={t("cameraForm.standbyHint")}
      value={value}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={[
        { value: "", label: t("cameraForm.noStandby") },
        ...others.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}
