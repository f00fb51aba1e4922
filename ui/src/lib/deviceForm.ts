/** What a person writes about a device, and what the hub is told of it. */

import { type AddressFault, readDeviceAddress, writeDeviceAddress } from "./deviceAddress";

/** Empty: it is found out. */
export const VENDORS = ["", "hikvision", "dahua", "onvif", "rtsp"] as const;
export type VendorName = (typeof VENDORS)[number];

export function toVendor(vendor: string): VendorName {
  return VENDORS.find((name) => name === vendor) ?? "";
}

/** The fields as they are written. */
export interface DeviceForm {
  name: string;
  address: string;
  username: string;
  password: string;
  vendor: VendorName;
  /** Empty: any of the site. */
  nodeId: string;
  /** Empty: as the device says. */
  rtspPort: string;
  template: string;
  templateSub: string;
  templateChannels: string;
}

export const EMPTY_FORM: DeviceForm = {
  name: "",
  address: "",
  username: "",
  password: "",
  vendor: "",
  nodeId: "",
  rtspPort: "",
  template: "",
  templateSub: "",
  templateChannels: "",
};

/** What the hub is told; a password that is left out stays as it is. */
export interface DeviceFields {
  host: string;
  port?: number;
  is_tls: boolean;
  rtsp_port?: number | null;
  vendor?: VendorName;
  username: string;
  password?: string;
  node_id?: string;
  template?: string;
  template_sub?: string;
  template_channels?: number;
}

/** Of a device that is new, or only to be found out. Why not, where its address is none. */
export function toFields(form: DeviceForm): DeviceFields | AddressFault {
  const address = readDeviceAddress(form.address);
  if (typeof address === "string") return address;
  const rtspPort = toNumber(form.rtspPort) ?? address.rtspPort;
  const isPattern = form.vendor === "rtsp";
  return {
    host: address.host,
    is_tls: address.isTls,
    username: form.username.trim(),
    ...(address.port !== null && { port: address.port }),
    ...(rtspPort !== null && { rtsp_port: rtspPort }),
    ...(form.vendor !== "" && { vendor: form.vendor }),
    ...(form.password !== "" && { password: form.password }),
    ...(form.nodeId !== "" && { node_id: form.nodeId }),
    ...(isPattern && {
      template: form.template.trim(),
      template_sub: form.templateSub.trim(),
      template_channels: toNumber(form.templateChannels) ?? 0,
    }),
  };
}

/** Of a device that exists: what is usual is said too, for it may have been otherwise before. */
export function toChange(form: DeviceForm): (DeviceFields & { name: string }) | AddressFault {
  const fields = toFields(form);
  if (typeof fields === "string") return fields;
  const { port = fields.is_tls ? 443 : 80, rtsp_port = null } = fields;
  return { ...fields, name: form.name.trim(), vendor: form.vendor, port, rtsp_port };
}

function toNumber(text: string): number | null {
  const number = Number(text.trim());
  return text.trim() !== "" && Number.isInteger(number) && number > 0 ? number : null;
}

/** A device as the hub tells of it, in the fields of the form. */
export function toForm(device: {
  name: string;
  host: string;
  port: number;
  is_tls: boolean;
  username: string;
  vendor: string;
  node_id: string | null;
  rtsp_port: number | null;
  template: string;
  template_sub: string;
  template_channels: number;
}): DeviceForm {
  return {
    name: device.name,
    address: writeDeviceAddress({ host: device.host, port: device.port, isTls: device.is_tls }),
    username: device.username,
    password: "",
    vendor: toVendor(device.vendor),
    nodeId: device.node_id ?? "",
    rtspPort: device.rtsp_port === null ? "" : String(device.rtsp_port),
    template: device.template,
    templateSub: device.template_sub,
    templateChannels: device.template_channels > 0 ? String(device.template_channels) : "",
  };
}
