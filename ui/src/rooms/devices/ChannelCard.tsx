import { Checkbox, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type Channel, channelPictureQuery } from "@/api/devices";
import { camerasQuery } from "@/api/queries";
import { BlobPicture } from "@/kit/BlobPicture";
import { useErrorText } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Moment } from "@/kit/Moment";
import { useOnScreen } from "@/kit/player/useOnScreen";
import { figure } from "@/lib/format";

import css from "./Devices.module.css";

interface Props {
  deviceId: string;
  channel: Channel;
  name: string;
  timeZone: string;
  hasPicture: boolean;
  isTickable: boolean;
  /** The name of the camera that it is to become; null: it is not ticked. */
  ticked: string | null;
  onTick: (name: string | null) => void;
}

/** One channel: what it shows, how it is, and whether it is, or becomes, a camera. */
export function ChannelCard(props: Props) {
  const { channel, name, ticked, onTick } = props;
  const { t } = useTranslation();
  return (
    <article className={css.channel} data-ticked={ticked !== null} aria-label={name}>
      <Picture {...props} />
      <div className={css.channelWords}>
        {props.isTickable ? (
          <Checkbox
            label={name}
            aria-label={t("device.tickChannel", { name })}
            checked={ticked !== null}
            onChange={({ currentTarget: { checked } }) => onTick(checked ? name : null)}
          />
        ) : (
          <strong>{name}</strong>
        )}
        {ticked !== null && (
          <TextInput
            size="xs"
            aria-label={t("device.channelName")}
            value={ticked}
            maxLength={120}
            onChange={({ currentTarget: { value } }) => onTick(value)}
          />
        )}
        {channel.camera_id && <IsCamera cameraId={channel.camera_id} />}
        {channel.missing_since && (
          <p className={css.bad}>
            {t("device.channelMissing")}{" "}
            <Moment at={channel.missing_since} timeZone={props.timeZone} />
          </p>
        )}
        {!channel.missing_since && <HowItIs channel={channel} />}
        <Streams streams={channel.streams} />
      </div>
    </article>
  );
}

function Picture({ deviceId, channel, name, hasPicture }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const place = useRef<HTMLDivElement>(null);
  const isOnScreen = useOnScreen(place);
  const isAsked = hasPicture && !channel.missing_since && channel.is_online !== false;
  const { data, error } = useQuery({
    ...channelPictureQuery(deviceId, channel.id),
    enabled: isOnScreen && isAsked,
  });
  const hasNone = error !== null || data === null || !isAsked;
  return (
    <div ref={place} className={css.picture}>
      {data ? (
        <BlobPicture picture={data} alt={t("device.channelPicture", { name })} />
      ) : (
        <span title={error ? errorText(error) : undefined}>
          <Icon name="picture" size={26} />
          {hasNone && <small>{t("device.channelNoPicture")}</small>}
        </span>
      )}
    </div>
  );
}

function IsCamera({ cameraId }: { cameraId: string }) {
  const { t } = useTranslation();
  const name = useQuery({
    ...camerasQuery,
    refetchInterval: false,
    select: (cameras) => cameras.find(({ id }) => id === cameraId)?.name,
  }).data;
  return (
    <p>
      {t("device.channelCamera")} <Link to={`/cameras/${cameraId}`}>{name ?? cameraId}</Link>
    </p>
  );
}

function HowItIs({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const { is_online: isOnline, is_recording: isRecording } = channel;
  const said = [
    isOnline !== null && t(isOnline ? "device.channelOnline" : "device.channelOffline"),
    isRecording !== null &&
      t(isRecording ? "device.channelRecording" : "device.channelNotRecording"),
  ].filter((words) => words !== false);
  if (said.length === 0) return null;
  return <p className={isOnline === false ? css.bad : css.quiet}>{said.join(" · ")}</p>;
}

const ROLES = ["main", "sub", "third"] as const;

function Streams({ streams }: Pick<Channel, "streams">) {
  const { t, i18n } = useTranslation();
  if (streams.length === 0) return null;
  return (
    <ul className={css.streams}>
      {streams.map(({ id, role, codec, width, height, fps }) => {
        const known = ROLES.find((name) => name === role);
        const size = width !== null && height !== null && `${width} × ${height}`;
        const pace = fps !== null && `${figure(fps, i18n.language)}/s`;
        const facts = [codec.toUpperCase(), size, pace];
        return (
          <li key={id} className="numeric">
            {known ? t(`device.stream.${known}`) : role}: {facts.filter(Boolean).join(", ")}
          </li>
        );
      })}
    </ul>
  );
}
