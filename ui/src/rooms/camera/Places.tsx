import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { FootageFacts } from "@/api/footageFacts";
import { duration } from "@/lib/format";
import { type Span, totalsByNode } from "@/lib/timeline";

/** Which machine has how much, where there are several. */
export function Places({ facts, bounds }: { facts: FootageFacts; bounds: Span }) {
  const { t } = useTranslation();
  const totals = totalsByNode(facts.covered, bounds);
  if (totals.length < 2) return null;
  const places = totals.map(([node, ms]) => `${node} (${duration(ms)})`);
  return (
    <Text size="sm" c="dimmed" mt={6}>
      {t("timeline.where", { places: places.join(" · ") })}
    </Text>
  );
}
