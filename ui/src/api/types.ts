import type { StateName } from "@/lib/state";

import type { paths } from "./schema";

/** The body of an operation's success, whatever the hub names the schema. */
type Answer<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

export type Session = Answer<paths["/api/v1/session"]["get"]>;
export type User = NonNullable<Session["user"]>;
export type Site = Answer<paths["/api/v1/sites"]["get"]>[number];
export type CameraAnswer = Answer<paths["/api/v1/cameras"]["get"]>[number];
export type Status = Omit<CameraAnswer["status"], "state"> & { state: StateName };
export type Camera = Omit<CameraAnswer, "status"> & { status: Status };
export type Timeline = Answer<paths["/api/v1/cameras/{camera_id}/timeline"]["get"]>;
export type Reason = NonNullable<Status["reason"]>;
export type Node = Answer<paths["/api/v1/nodes"]["get"]>[number];
export type Volume = Node["volumes"][number];

/** The fields of a camera that a person writes. */
export interface CameraFields {
  name: string;
  address: string;
  username?: string;
  password?: string;
  engine?: Camera["engine"];
  transport?: Camera["transport"];
  records_sound?: boolean;
  /** 0: no limit of its own. */
  budget_bytes?: number;
}
