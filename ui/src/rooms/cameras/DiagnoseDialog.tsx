import { useTranslation } from "react-i18next";

import { type DiagnosisSubject, useDiagnosis } from "@/api/diagnosis";
import { DiagnosisDialog } from "@/kit/diagnosis/DiagnosisDialog";

/** Tries a camera, or an address before it is one, step by step. */
export function DiagnoseDialog({ name, subject, onClose }: {
  name: string;
  subject: DiagnosisSubject;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { diagnosis, error, again } = useDiagnosis(subject);
  return (
    <DiagnosisDialog
      title={t("diagnosis.title", { name })}
      diagnosis={diagnosis}
      error={error}
      onAgain={again}
      onClose={onClose}
    />
  );
}
