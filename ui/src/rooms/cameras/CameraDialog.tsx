import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSaveCamera } from "@/api/actions";
import type { DiagnosisSubject } from "@/api/diagnosis";
import { ApiError } from "@/api/errors";
import { useSite } from "@/api/queries";
import type { Camera, CameraFields } from "@/api/types";
import { Dialog } from "@/kit/Dialog";
import { ErrorNote, useErrorText } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { SecretInput } from "@/kit/SecretInput";

import { AddressExamples } from "./AddressExamples";
import { DiagnoseDialog } from "./DiagnoseDialog";
import { changedManners, MANNER_FIELDS, Manners, mannersOf } from "./Manners";

const FIELDS = ["name", "address", "sub_address", "username", "password"] as const;
const PLACEHOLDER = "rtsp://192.168.1.64:554/…";
type Field = (typeof FIELDS)[number];

/** What the hub is told. An empty password of an existing camera means: as it was. */
function toBody(values: Record<Field, string>, camera: Camera | null): CameraFields {
  const { password, sub_address, ...others } = values;
  const sub = sub_address.trim();
  return {
    ...others,
    name: others.name.trim(),
    address: others.address.trim(),
    ...(sub !== (camera?.sub_address ?? "") && { sub_address: sub }),
    ...((password !== "" || camera === null) && { password }),
  };
}

/** Adds a camera (`camera` is null) or changes one. */
export function CameraDialog({ camera, onClose }: { camera: Camera | null; onClose: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const save = useSaveCamera(camera?.id ?? null);
  const [values, setValues] = useState<Record<Field, string>>({
    name: camera?.name ?? "",
    address: camera?.address ?? "",
    sub_address: camera?.sub_address ?? "",
    username: camera?.username ?? "",
    password: "",
  });
  const [manners, setManners] = useState(() => mannersOf(camera));
  const refused = save.error instanceof ApiError ? save.error : null;
  const refusedField = [...FIELDS, ...MANNER_FIELDS].find(
    // Of a list it is told which of its parts is refused: `cpu_affinity.2`.
    (field) => field === refused?.field?.split(".")[0],
  );
  const [isTrying, setTrying] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusedField) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refusedField, refused]);
  const put = (field: Field, value: string) => {
    setValues((before) => ({ ...before, [field]: value }));
    if (refusedField === field) save.reset();
  };
  const bind = (field: Field) => ({
    label: t(`cameraForm.${field}`),
    value: values[field],
    onChange: (event: { currentTarget: HTMLInputElement }) => put(field, event.currentTarget.value),
    error: refusedField === field && errorText(save.error),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const body = toBody(values, camera);
    save.mutate({ ...body, ...changedManners(manners, mannersOf(camera)) }, { onSuccess: onClose });
  };
  const tried = useTried(values, camera);
  const passwordHint = camera?.has_password ? "passwordKeep" : "passwordHint";
  return (
    <Dialog
      title={camera ? t("cameraForm.editTitle", { name: camera.name }) : t("cameraForm.addTitle")}
      size="lg"
      onClose={onClose}
    >
      <form ref={form} onSubmit={submit} autoComplete="off">
        <Stack>
          {save.error && !refusedField && <ErrorNote error={save.error} />}
          <TextInput
            {...bind("name")}
            description={t("cameraForm.nameHint")}
            required
            withAsterisk={false}
            data-autofocus
          />
          <TextInput
            {...bind("address")}
            description={t("cameraForm.addressHint")}
            placeholder={PLACEHOLDER}
            inputMode="url"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
          />
          <AddressExamples onUse={(address) => put("address", address)} />
          <TextInput
            {...bind("sub_address")}
            description={t("cameraForm.sub_addressHint")}
            inputMode="url"
            autoCapitalize="none"
            spellCheck={false}
          />
          <Group grow align="flex-start">
            <TextInput
              {...bind("username")}
              description={t("cameraForm.usernameHint")}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
            <SecretInput
              {...bind("password")}
              description={t(`cameraForm.${passwordHint}`)}
              autoComplete="new-password"
            />
          </Group>
          <Manners
            values={manners}
            nodeId={camera?.node_id ?? null}
            onChange={(changed) => {
              setManners(changed);
              if (MANNER_FIELDS.some((field) => field === refusedField)) save.reset();
            }}
            errorOf={(field) => refusedField === field && errorText(save.error)}
          />
          <Group justify="flex-end" mt="sm">
            {tried && (
              <Button
                variant="default"
                mr="auto"
                leftSection={<Icon name="diagnose" size={16} />}
                disabled={values.address.trim() === ""}
                onClick={() => setTrying(true)}
              >
                {t("diagnosis.tryAddress")}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {camera ? t("action.save") : t("cameraForm.submitAdd")}
            </Button>
          </Group>
        </Stack>
      </form>
      {isTrying && tried && (
        <DiagnoseDialog
          name={values.address.trim()}
          subject={tried}
          onClose={() => setTrying(false)}
        />
      )}
    </Dialog>
  );
}

/** What would be tried before a camera is added; of one that exists, its own diagnosis tells. */
function useTried(values: Record<Field, string>, camera: Camera | null): DiagnosisSubject | null {
  const site = useSite();
  if (camera || !site) return null;
  const { address, username, password } = values;
  return { siteId: site.id, address: address.trim(), username, password };
}
