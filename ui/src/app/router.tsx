import { createBrowserRouter, Navigate, Outlet } from "react-router";

import { Cameras } from "@/rooms/cameras/Cameras";
import { Setup } from "@/rooms/setup/Setup";
import { SignIn } from "@/rooms/signin/SignIn";
import { System } from "@/rooms/system/System";
import { Wall } from "@/rooms/wall/Wall";

import { Guard } from "./Guard";
import { NotFound } from "./NotFound";
import { ScreenError } from "./ScreenError";
import { FootageFrame, PlansFrame } from "./shell/RoomFrame";
import { Shell } from "./shell/Shell";

/** The player of recorded footage is half of all code, so it comes when a camera is opened. */
async function camera() {
  const { CameraScreen } = await import("@/rooms/camera/CameraScreen");
  return { Component: CameraScreen };
}

async function together() {
  const { TogetherScreen } = await import("@/rooms/together/TogetherScreen");
  return { Component: TogetherScreen };
}

/** How and when cameras are run is written rarely, and comes when it is. */
async function profiles() {
  return { Component: (await import("@/rooms/profiles/Profiles")).Profiles };
}
async function profile() {
  return { Component: (await import("@/rooms/profiles/ProfileScreen")).ProfileScreen };
}
async function schedules() {
  return { Component: (await import("@/rooms/schedules/Schedules")).Schedules };
}
async function schedule() {
  return { Component: (await import("@/rooms/schedules/ScheduleScreen")).ScheduleScreen };
}
async function picture() {
  return { Component: (await import("@/rooms/schedules/Picture")).Picture };
}
async function groups() {
  return { Component: (await import("@/rooms/schedules/Groups")).Groups };
}
async function calendars() {
  return { Component: (await import("@/rooms/schedules/Calendars")).Calendars };
}
async function coverage() {
  return { Component: (await import("@/rooms/coverage/CoverageScreen")).CoverageScreen };
}
async function health() {
  return { Component: (await import("@/rooms/health/Health")).Health };
}

/** Devices are added and mended rarely. */
async function devices() {
  return { Component: (await import("@/rooms/devices/Devices")).Devices };
}
async function addDevice() {
  return { Component: (await import("@/rooms/devices/AddDevice")).AddDevice };
}
async function device() {
  return { Component: (await import("@/rooms/devices/DeviceScreen")).DeviceScreen };
}

async function recordings() {
  return { Component: (await import("@/rooms/recordings/Recordings")).Recordings };
}
async function clips() {
  return { Component: (await import("@/rooms/clips/Clips")).Clips };
}

export const router = createBrowserRouter([
  {
    element: <Outlet />,
    errorElement: <ScreenError />,
    hydrateFallbackElement: <></>,
    children: [
      { path: "/setup", element: <Setup /> },
      { path: "/signin", element: <SignIn /> },
      {
        element: (
          <Guard>
            <Shell />
          </Guard>
        ),
        children: [
          {
            errorElement: <ScreenError />,
            children: [
              { path: "/", element: <Wall /> },
              { path: "/cameras", element: <Cameras /> },
              { path: "/cameras/:cameraId", lazy: camera },
              { path: "/together", lazy: together },
              { path: "/devices", lazy: devices },
              { path: "/devices/add", lazy: addDevice },
              { path: "/devices/:deviceId", lazy: device },
              {
                path: "/plans",
                element: <PlansFrame />,
                children: [
                  { index: true, element: <Navigate to="/plans/schedules" replace /> },
                  { path: "schedules", lazy: schedules },
                  { path: "schedules/new", lazy: schedule },
                  { path: "schedules/:scheduleId", lazy: schedule },
                  { path: "picture", lazy: picture },
                  { path: "profiles", lazy: profiles },
                  { path: "profiles/new", lazy: profile },
                  { path: "profiles/:profileId", lazy: profile },
                  { path: "groups", lazy: groups },
                  { path: "calendars", lazy: calendars },
                ],
              },
              {
                element: <FootageFrame />,
                children: [
                  { path: "/recordings", lazy: recordings },
                  { path: "/clips", lazy: clips },
                ],
              },
              { path: "/coverage", lazy: coverage },
              { path: "/health", lazy: health },
              { path: "/system", element: <System /> },
              { path: "*", element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
]);
