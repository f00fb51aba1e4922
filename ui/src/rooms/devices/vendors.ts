/** Protocols by their makers' names, which are the same in all languages. */
const NAMES: Record<string, string> = {
  hikvision: "Hikvision (ISAPI)",
  dahua: "Dahua (CGI)",
  onvif: "ONVIF",
  rtsp: "RTSP",
};

export function vendorName(vendor: string): string {
  return NAMES[vendor] ?? vendor;
}

/** Those that a person can choose by name. */
export const NAMED_VENDORS = ["hikvision", "dahua", "onvif"] as const;
