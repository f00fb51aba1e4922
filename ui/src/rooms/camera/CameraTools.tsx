import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useDiagnosis } from "@/api/diagnosis";
import { useCameraAct } from "@/api/planActs";
import { whyQuery } from "@/api/plans";
import { useMay } from "@/api/rights";
import type { Camera } from "@/api/types";
import { DiagnosisDialog } from "@/kit/diagnosis/DiagnosisDialog";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { ActsMenu } from "@/kit/plan/ActsMenu";
import { WhyButton } from "@/kit/plan/WhyButton";
import { togetherPlace } from "@/lib/readPlace";

import css from "./CameraScreen.module.css";

/** Why the camera does what it does, what can be asked of it, and its technical details. */
export function CameraTools({ camera, timeZone, playing, onDetails }: {
  camera: Camera;
  timeZone: string;
  /** The moment that is on the screen. */
  playing: number | null;
  onDetails: () => void;
}) {
  const { t } = useTranslation();
  const [asksWhy, setAsksWhy] = useState(false);
  const why = useQuery({ ...whyQuery(camera.id), enabled: asksWhy });
  const act = useCameraAct(camera.id);
  const mayOperate = useMay("operate");
  const [isDiagnosing, setDiagnosing] = useState(false);
  return (
    <>
      <WhyButton
        name={camera.name}
        timeZone={timeZone}
        isOpen={asksWhy}
        onOpen={setAsksWhy}
        facts={why.data}
        error={why.error}
      />
      <span className={`${css.buttons} ${css.push}`}>
        {mayOperate && (
          <>
            <ActsMenu
              isWide
              mayOperate
              name={camera.name}
              isPaused={camera.pause !== null}
              isManual={camera.manual !== null}
              isBusy={act.isPending}
              timeZone={timeZone}
              onAct={(wanted) => act.mutate(wanted)}
            />
            <Button
              variant="default"
              size="xs"
              leftSection={<Icon name="diagnose" size={16} />}
              onClick={() => setDiagnosing(true)}
            >
              {t("diagnosis.button")}
            </Button>
          </>
        )}
        <Button
          component={Link}
          to={togetherPlace([camera.id], playing)}
          variant="default"
          size="xs"
          leftSection={<Icon name="together" size={16} />}
        >
          {t("camera.withOthers")}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="list" size={16} />}
          onClick={onDetails}
        >
          {t("camera.details")}
        </Button>
      </span>
      {isDiagnosing && <Diagnose camera={camera} onClose={() => setDiagnosing(false)} />}
      {act.isSuccess && act.variables.kind === "enforce" && (
        <Text size="sm" c="dimmed" className={css.whole ?? ""} role="status">
          {t("plan.asked")}
        </Text>
      )}
      {act.error && (
        <div className={css.whole}>
          <ErrorNote error={act.error} />
        </div>
      )}
    </>
  );
}

/** Tries the camera step by step. */
function Diagnose({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const { diagnosis, error, again } = useDiagnosis({ cameraId: camera.id });
  return (
    <DiagnosisDialog
      title={t("diagnosis.title", { name: camera.name })}
      diagnosis={diagnosis}
      error={error}
      onAgain={again}
      onClose={onClose}
    />
  );
}
