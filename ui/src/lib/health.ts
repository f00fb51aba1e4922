/** How bad problems are, the worst first. */
export const SEVERITIES = ["critical", "serious", "minor"] as const;
export type SeverityName = (typeof SEVERITIES)[number];

/** What problems are of, in the order in which they are offered. */
export const KINDS = ["camera", "device", "disk", "node", "clock", "site", "hub"] as const;
export type KindName = (typeof KINDS)[number];

export interface Told {
  severity: SeverityName;
  subject: { kind: KindName };
  site: { id: number; name: string } | null;
}

/** How many need somebody: what is minor is only good to know. */
export function urgentCount(problems: readonly Told[]): number {
  return problems.filter(({ severity }) => severity !== "minor").length;
}

/** Which problems are to be seen; null: all of them. */
export interface Filter {
  kind: KindName | null;
  siteId: number | null;
}

export function chosen<Problem extends Told>(problems: readonly Problem[], filter: Filter): Problem[] {
  return problems.filter(
    ({ subject, site }) =>
      (filter.kind === null || subject.kind === filter.kind) &&
      (filter.siteId === null || site?.id === filter.siteId),
  );
}

/** The kinds that there are. */
export function kindsOf(problems: readonly Told[]): KindName[] {
  return KINDS.filter((kind) => problems.some(({ subject }) => subject.kind === kind));
}

/** The sites that there are, by name. */
export function sitesOf(problems: readonly Told[]): { id: number; name: string }[] {
  const found = new Map(problems.flatMap(({ site }) => (site ? [[site.id, site]] : [])));
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
