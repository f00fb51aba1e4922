import { Button, Group, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type Channel, type Device, useAddChannels } from "@/api/devices";
import { useMay } from "@/api/rights";
import { ErrorNote } from "@/kit/ErrorNote";
import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";
import { isAddable } from "@/lib/devices";

import { ChannelCard } from "./ChannelCard";
import css from "./Devices.module.css";

const STEP = 32;

interface Props {
  device: Device;
  timeZone: string;
  onAdded: (count: number) => void;
}

/** The channels of a device, each with its picture; those that are ticked become cameras. */
export function ChannelPicker({ device, timeZone, onAdded }: Props) {
  const { t } = useTranslation();
  const mayManage = useMay("manage");
  const add = useAddChannels(device.id);
  // By channel, the name that its camera gets.
  const [ticked, setTicked] = useState<ReadonlyMap<string, string>>(new Map());
  const { channels } = device;
  const { some, rest, more } = useGrowing(channels, STEP);
  const free = channels.filter(isAddable);
  const nameOf = (channel: Channel) =>
    channel.name || t("device.channelNumber", { number: channel.number });
  // What became a camera meanwhile, or is gone, is not asked for again.
  const wanted = free.filter(({ id }) => ticked.has(id));
  const put = (channel: Channel, name: string | null) => {
    const after = new Map(ticked);
    if (name === null) after.delete(channel.id);
    else after.set(channel.id, name);
    setTicked(after);
  };
  const hasAll = wanted.length === free.length;
  const tickAll = () => {
    const all = free.map((each) => [each.id, ticked.get(each.id) ?? nameOf(each)] as const);
    setTicked(new Map(hasAll ? [] : all));
  };
  const submit = () =>
    add.mutate(
      wanted.map((channel) => {
        const name = ticked.get(channel.id)?.trim() ?? "";
        return { channel: channel.id, name: name || nameOf(channel) };
      }),
      {
        onSuccess: (cameras) => {
          setTicked(new Map());
          onAdded(cameras.length);
        },
      },
    );
  if (channels.length === 0) {
    const isComing = device.state === "connecting";
    return (
      <p className={css.quiet} role="status">
        {t(isComing ? "device.channelsWait" : "device.channelsNone")}
      </p>
    );
  }
  return (
    <>
      {mayManage && free.length > 0 && (
        <Group mb="sm" className={css.bar ?? ""}>
          <Button variant="default" size="xs" onClick={tickAll}>
            {hasAll ? t("device.untick") : t("device.tickAll", { count: free.length })}
          </Button>
          <VisuallyHidden role="status">
            {wanted.length > 0 && t("device.ticked", { count: wanted.length })}
          </VisuallyHidden>
          {wanted.length > 0 && (
            <Button size="xs" ml="auto" loading={add.isPending} onClick={submit}>
              {t("device.addTicked", { count: wanted.length })}
            </Button>
          )}
        </Group>
      )}
      {add.error && <ErrorNote error={add.error} />}
      <ul className={css.channels}>
        {some.map((channel) => (
          <li key={channel.id}>
            <ChannelCard
              deviceId={device.id}
              channel={channel}
              name={nameOf(channel)}
              timeZone={timeZone}
              hasPicture={device.capabilities["snapshot"] !== false && device.state === "online"}
              isTickable={mayManage && isAddable(channel)}
              ticked={ticked.get(channel.id) ?? null}
              onTick={(name) => put(channel, name)}
            />
          </li>
        ))}
      </ul>
      <ShowMore rest={rest} onMore={more} />
    </>
  );
}
