import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Diagnosis, isOver } from "@/lib/diagnosis";

import { client, unwrap } from "./client";

const EVERY_MS = 1_000;

/** What is diagnosed: a camera as it is stored, or an address before it is one. */
export type DiagnosisSubject =
  | { cameraId: string }
  | { siteId: number; address: string; username: string; password: string };

let runs = 0;

/** Begins a diagnosis when it is mounted, and follows it to its end. */
export function useDiagnosis(subject: DiagnosisSubject) {
  // A number of its own rather than the subject, which may hold a password.
  const [run, setRun] = useState(() => ++runs);
  const begun = useQuery({
    queryKey: ["diagnosis-begin", run],
    queryFn: () => begin(subject),
    retry: false,
    staleTime: Infinity,
    refetchOnReconnect: false,
  });
  const id = begun.data?.id;
  const followed = useQuery({
    queryKey: ["diagnosis", id],
    queryFn: () => follow(id ?? ""),
    enabled: id !== undefined,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : EVERY_MS),
  });
  return {
    diagnosis: followed.data,
    error: begun.error ?? (followed.data ? null : followed.error),
    again: () => setRun(++runs),
  };
}

function begin(subject: DiagnosisSubject): Promise<{ id: string }> {
  if ("cameraId" in subject) {
    const params = { path: { camera_id: subject.cameraId } };
    return unwrap(client.POST("/api/v1/cameras/{camera_id}/diagnoses", { params }));
  }
  const { siteId, ...body } = subject;
  const params = { path: { site_id: siteId } };
  return unwrap(client.POST("/api/v1/sites/{site_id}/diagnoses", { params, body }));
}

function follow(id: string): Promise<Diagnosis> {
  const params = { path: { errand_id: id } };
  return unwrap(client.GET("/api/v1/diagnoses/{errand_id}", { params }));
}
