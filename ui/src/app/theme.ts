import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const night: MantineColorsTuple = [
  "#eef3fb", "#dae4f3", "#b3c6e3", "#89a6d2", "#648ac2",
  "#4a77b8", "#3a67a6", "#2b5289", "#1d3a66", "#122647",
];

const lantern: MantineColorsTuple = [
  "#fff8e6", "#ffedc7", "#fddb93", "#fbc75c", "#f8b632",
  "#f5a81a", "#d98d0b", "#ab6c05", "#7f5008", "#57370a",
];

/** Mantine's dark greys, seen at night. */
const dark: MantineColorsTuple = [
  "#e4ebf7", "#c3cfe3", "#a3b3cf", "#7688a8", "#3a4c6e",
  "#2b3b5a", "#1b2a45", "#101b2f", "#0c1526", "#070d19",
];

const RADIUS = "8px";
const OVERLAY = { color: "#070d19", backgroundOpacity: 0.6 };
const SHEET = {
  content: { background: "var(--surface)" },
  header: { background: "var(--surface)" },
  title: { fontWeight: 650, fontSize: "1.125rem" },
};
/** The head of a dialog is not that of the page, which there is but one of. */
const SHEET_ATTRIBUTES = { header: { role: "presentation" } };

/** What opens belongs to the page, also for whoever goes from landmark to landmark. */
const IN_PAGE = { target: "#content" };

export const theme = createTheme({
  colors: { night, lantern, dark },
  primaryColor: "lantern",
  primaryShade: 5,
  autoContrast: true,
  luminanceThreshold: 0.35,
  black: "#131f36",
  defaultRadius: RADIUS,
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: { fontWeight: "650" },
  components: {
    Button: { defaultProps: { fw: 600 } },
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ["label", "input", "error", "description"] },
    },
    Modal: {
      defaultProps: { centered: true, overlayProps: OVERLAY, attributes: SHEET_ATTRIBUTES },
      styles: SHEET,
    },
    Drawer: {
      defaultProps: { overlayProps: OVERLAY, attributes: SHEET_ATTRIBUTES },
      styles: SHEET,
    },
    // A menu holds nothing but its items, as its role promises.
    Menu: {
      defaultProps: { portalProps: IN_PAGE, withInitialFocusPlaceholder: false },
    },
    Combobox: { defaultProps: { portalProps: IN_PAGE } },
    // Whoever closes one by the keyboard goes on from where they were.
    Popover: { defaultProps: { returnFocus: true } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true } } },
  },
});

/** Mantine's own words for surfaces and quiet text, said in our tokens. */
export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#f5f7fa",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-quiet)",
    "--mantine-color-placeholder": "#66738a",
    "--mantine-color-error": "var(--bad)",
    "--mantine-color-default-border": "#b9c3d3",
  },
  dark: {
    "--mantine-color-dimmed": "var(--ink-quiet)",
    "--mantine-color-placeholder": "#8496b5",
    "--mantine-color-error": "var(--bad)",
  },
});
