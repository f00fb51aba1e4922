import { createBrowserRouter, Outlet } from "react-router";

import { Cameras } from "@/rooms/cameras/Cameras";
import { Setup } from "@/rooms/setup/Setup";
import { SignIn } from "@/rooms/signin/SignIn";
import { System } from "@/rooms/system/System";
import { Wall } from "@/rooms/wall/Wall";

import { Guard } from "./Guard";
import { NotFound } from "./NotFound";
import { ScreenError } from "./ScreenError";
import { Shell } from "./shell/Shell";

/** The player of recorded footage is half of all code, so it comes when a camera is opened. */
async function camera() {
  const { CameraScreen } = await import("@/rooms/camera/CameraScreen");
  return { Component: CameraScreen };
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
              { path: "/system", element: <System /> },
              { path: "*", element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
]);
