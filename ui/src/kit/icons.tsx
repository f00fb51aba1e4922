import type { ReactNode } from "react";

/** Our few line icons, on a grid of 24. They are decoration: the words stand beside them. */
const PATHS = {
  alert: <path d="M12 4 2.800 19.500h18.400L12 4Zm0 6v4.500m0 2.700v.1" />,
  bell: <path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 2h-15zM10 21h4" />,
  back: <path d="M15 5l-7 7 7 7" />,
  next: <path d="M9 5l7 7-7 7" />,
  camera: <path d="M3 7.500h11.500v9H3zM14.500 11l6.500-3v8l-6.500-3" />,
  chart: <path d="M4.500 4v15.500H20M8.500 16v-4M12.500 16V7.500M16.500 16v-6" />,
  check: <path d="M4.500 12.500l5 5L19.500 7" />,
  clock: <path d="M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17ZM12 7.500V12l3 2" />,
  close: <path d="M6 6l12 12M18 6L6 18" />,
  copy: <path d="M8.500 8.500h11v11h-11zM15.500 8.500v-4h-11v11h4" />,
  day: <path d="M4 6h16v14H4zM4 10.500h16M8.500 3.500V8M15.500 3.500V8" />,
  diagnose: <path d="M3 12h4.500L10 5.500l4 13 2.500-6.500H21" />,
  disk: <path d="M4 6.500c0-4 16-4 16 0v11c0 4-16 4-16 0zm0 0c0 4 16 4 16 0M4 12c0 4 16 4 16 0" />,
  download: <path d="M12 4v11m-4.500-4L12 15.500 16.500 11M5 20h14" />,
  edit: <path d="M4.500 19.500l1-4.500L16 4.500l3.500 3.500L9 18.500zM13.500 7l3.500 3.500" />,
  film: <path d="M4 5h16v14H4zM8 5v14M16 5v14M4 9.500h4M4 14.500h4M16 9.500h4M16 14.500h4M8 12h8" />,
  forward: <path d="M5 6l7 6-7 6zM13 6l7 6-7 6z" />,
  float: <path d="M3.500 5h17v14h-17zM12 11.500h6v5h-6z" />,
  full: <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />,
  gapBefore: <path d="M20 7v10M15.500 7v10M11 12H4.500M7.500 8.500 4 12l3.500 3.500" />,
  gapAfter: <path d="M4 7v10M8.500 7v10M13 12h6.500M16.500 8.500 20 12l-3.500 3.500" />,
  startAfter: <path d="M4 7v10M7 12h4M13 7.500h7v9h-7z" />,
  together: <path d="M3.500 5h8v6h-8zM12.500 13h8v6h-8zM15 5h5.500v5M9 19H3.500v-5" />,
  info: <path d="M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17ZM12 11v5.500M12 7.500v.1" />,
  list: <path d="M8.500 6.500H20M8.500 12H20M8.500 17.500H20M4.200 6.500h.1M4.200 12h.1M4.200 17.500h.1" />,
  lock: <path d="M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 0 1 7 0V11M12 14.500v2" />,
  menu: <path d="M4 7h16M4 12h16M4 17h16" />,
  minus: <path d="M5 12h14" />,
  moon: <path d="M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10Z" />,
  offline: <path d="M4 4l16 16M5 12.500a10 10 0 0 1 5-2.800M2.500 9a14 14 0 0 1 4-2.600M14 9.800a10 10 0 0 1 5 2.700M11 6a14 14 0 0 1 10.500 3M8.500 16a5 5 0 0 1 6 0M12 19.500h.1" />,
  pause: <path d="M8 5.500v13M16 5.500v13" strokeWidth="3" />,
  play: <path d="M7 4.500v15l12.500-7.500z" fill="currentColor" />,
  plan: <path d="M4 5.500h16v14H4zM4 10h16M8.500 3v5M15.500 3v5M7.500 13.500h5M10.500 16.500h6" />,
  picture: <path d="M4 5h16v14H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 8.500v.1" />,
  plus: <path d="M12 5v14M5 12h14" />,
  pulse: <path d="M3 12.500h4l2.500-6.500 4.500 12 2.500-5.500h4.500" />,
  question: <path d="M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500v.1M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17Z" />,
  record: <path d="M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Z" fill="currentColor" />,
  retry: <path d="M19.500 12A7.500 7.500 0 1 1 17 6.500M17.500 3v4h-4" />,
  recorder: <path d="M3.500 7h17v10h-17zM6.500 10.500h6M6.500 13.500h6M17 13.700h.1M5.500 17v2M18.500 17v2" />,
  rewind: <path d="M19 6l-7 6 7 6zM11 6l-7 6 7 6z" />,
  search: <path d="M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM15.500 15.500 20.500 20.500" />,
  select: <path d="M7 5H4.500v14H7M17 5h2.500v14H17M9 12h6" />,
  slash: <path d="M3 7.500h9M14.500 9v7.500H3zM14.500 11l6.500-3v8M3.500 3.500l17 17" />,
  sound: <path d="M4 9.500v5h3.500l5 4.500V5l-5 4.500zM16 9a4.500 4.500 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11" />,
  soundOff: <path d="M4 9.500v5h3.500l5 4.500V5l-5 4.500zM16.500 9.500l5 5M21.500 9.500l-5 5" />,
  standby: <path d="M12 3.500v8M7.500 6a7.500 7.500 0 1 0 9 0" />,
  stepBack: <path d="M16.500 6l-7 6 7 6zM6.500 6v12" />,
  stepOn: <path d="M7.500 6l7 6-7 6zM17.500 6v12" />,
  stop: <path d="M7 7h10v10H7z" fill="currentColor" />,
  system: <path d="M4 4.500h16v6H4zM4 13.500h16v6H4zM7.500 7.500h.1M7.500 16.500h.1" />,
  trash: <path d="M5 7h14M10 7V4.500h4V7M6.500 7l1 12.500h9l1-12.500M10.500 11v5M13.500 11v5" />,
  wall: <path d="M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flex: "none" }}
    >
      {PATHS[name]}
    </svg>
  );
}
