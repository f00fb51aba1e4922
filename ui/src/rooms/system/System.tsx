import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { camerasQuery, nodesQuery } from "@/api/queries";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";

import { NodeCard } from "./NodeCard";
import { Runners } from "./Runners";
import css from "./System.module.css";

/** The machines that record, and how they are. */
export function System() {
  const { t } = useTranslation();
  const nodes = useQuery(nodesQuery);
  const cameras = useQuery(camerasQuery).data ?? [];
  return (
    <Page title={t("system.title")} lead={t("system.lead")}>
      {!nodes.data && nodes.error && (
        <ErrorNote
          error={nodes.error}
          title={t("system.failedTitle")}
          onRetry={() => void nodes.refetch()}
        />
      )}
      {nodes.data?.length === 0 && (
        <EmptyState isPart title={t("system.emptyTitle")} hint={t("system.emptyHint")} />
      )}
      <div className={css.grid}>
        {nodes.data?.map((node) => (
          <NodeCard
            key={node.id}
            node={node}
            cameras={cameras.filter((camera) => camera.node_id === node.id)}
          />
        ))}
      </div>
      <Runners />
    </Page>
  );
}
