import type { StateName } from "@/lib/state";

import type { paths } from "./schema";

/** With every field there: answers hold them all, also those with a default, which the schema spares. */
export type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<T[Key]> }
    : T;

/** The body of an operation's success, whatever the hub names the schema. */
export type Answer<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Whole<Body>
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
  /** Another encoding of the same picture, smaller; empty: there is none. */
  sub_address?: string;
  standby_node_id?: string | null;
  engine?: Camera["engine"];
  transport?: Camera["transport"];
  records_sound?: boolean | null;
  nice?: number | null;
  cpu_affinity?: number[] | null;
  /** 0: no limit of its own. */
  budget_bytes?: number;
}
