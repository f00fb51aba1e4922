import type { Knob, KnobValue } from "@/lib/knobs";

import type { paths } from "./schema";
import type { Answer, Whole } from "./types";

export type { Knob, KnobValue };

/** The JSON body that an operation takes. */
type Body<Operation> = Operation extends {
  requestBody: { content: { "application/json": infer Given } };
}
  ? Given
  : never;

export type Profile = Answer<paths["/api/v1/profiles"]["get"]>[number];
export type ProfileVersion = Answer<paths["/api/v1/profiles/{profile_id}/versions"]["get"]>[number];
export type ProfilePreview = Answer<paths["/api/v1/profiles/preview"]["post"]>;
/** One value of a merged profile, and where it comes from. */
export type Merged = ProfilePreview["values"][number];
export type Named = ProfilePreview["cameras"][number];
/** When a change of a profile reaches what runs. */
export type Applies = Body<paths["/api/v1/cameras/{camera_id}/profile"]["put"]>["applies"];

export interface ProfileFields {
  name: string;
  note: string;
  based_on: number | null;
  knobs: Record<string, KnobValue>;
  applies: Applies;
}

export type CameraGroup = Answer<paths["/api/v1/groups"]["get"]>[number];
export type Calendar = Answer<paths["/api/v1/calendars"]["get"]>[number];
export type GroupFields = Pick<CameraGroup, "name" | "camera_ids">;
export type CalendarFields = Pick<Calendar, "name" | "dates">;
export type CalendarDate = Calendar["dates"][number];

export type Schedule = Answer<paths["/api/v1/schedules"]["get"]>[number];
/** What a person writes of a schedule. */
export type ScheduleFields = Whole<Body<paths["/api/v1/schedules"]["post"]>>;
export type Interval = Schedule["intervals"][number];
export type DateException = Schedule["exceptions"][number];
export type Purpose = Schedule["purpose"];
export type ScheduleKind = Schedule["kind"];

export type ScheduleCheck = Answer<paths["/api/v1/schedules/check"]["post"]>;
export type PlanPreview = Answer<paths["/api/v1/preview"]["get"]>;
/** One stream's runner, as its node told it last. */
export type Runner = Answer<paths["/api/v1/runners"]["get"]>[number];

export type Coverage = Answer<paths["/api/v1/coverage"]["get"]>;
/** What counts for a camera as for all of them. */
export type CoverageFigures = Pick<
  Coverage,
  "promised_seconds" | "covered_seconds" | "percent" | "unreported_seconds" | "causes"
>;
export type Alarm = Answer<paths["/api/v1/alarms"]["get"]>[number];
