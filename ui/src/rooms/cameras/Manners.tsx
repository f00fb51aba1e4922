import { Checkbox, NativeSelect, NumberInput, SimpleGrid } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Camera, CameraFields } from "@/api/types";

import css from "./AddressExamples.module.css";

/** How a camera is recorded, as the form holds it. */
export interface MannerValues {
  engine: Camera["engine"];
  transport: Camera["transport"];
  sound: boolean;
  /** In GB, as disks are sold; empty: no limit of its own. */
  budget: number | string;
}

const GB = 1e9;
const ENGINES = ["auto", "native", "ffmpeg"] as const;
const TRANSPORTS = ["auto", "tcp", "udp", "multicast"] as const;
export const MANNER_FIELDS = ["engine", "transport", "budget_bytes"] as const;
export type MannerField = (typeof MANNER_FIELDS)[number];

export function mannersOf(camera: Camera | null): MannerValues {
  return {
    engine: camera?.engine ?? "auto",
    transport: camera?.transport ?? "auto",
    sound: camera?.records_sound ?? true,
    budget: camera?.budget_bytes ? camera.budget_bytes / GB : "",
  };
}

/** Only what a person changed: the rest stays as it is. */
export function changedManners(now: MannerValues, before: MannerValues): Partial<CameraFields> {
  return {
    ...(now.engine !== before.engine && { engine: now.engine }),
    ...(now.transport !== before.transport && { transport: now.transport }),
    ...(now.sound !== before.sound && { records_sound: now.sound }),
    ...(now.budget !== before.budget && { budget_bytes: Math.round(Number(now.budget) * GB) }),
  };
}

interface Props {
  values: MannerValues;
  onChange: (values: MannerValues) => void;
  /** What the hub says of one of the fields. */
  errorOf: (field: MannerField) => string | false;
}

/** What most people never need; folded away unless some of it was set or is refused. */
export function Manners({ values, onChange, errorOf }: Props) {
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
            put({ engine: ENGINES.find((name) => name === value) ?? "auto" })
          }
          data={[
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
            put({ transport: TRANSPORTS.find((name) => name === value) ?? "auto" })
          }
          data={[
            { value: "auto", label: t("cameraForm.transports.auto") },
            { value: "tcp", label: "TCP" },
            { value: "udp", label: "UDP" },
            { value: "multicast", label: t("cameraForm.transports.multicast") },
          ]}
        />
      </SimpleGrid>
      <Checkbox
        mt="md"
        label={t("cameraForm.sound")}
        description={t("cameraForm.soundHint")}
        checked={values.sound}
        onChange={({ currentTarget: { checked } }) => put({ sound: checked })}
      />
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
