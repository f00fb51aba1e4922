import { useEffect, useRef } from "react";

/** A picture in memory; its address is given back when it is no longer shown. */
export function BlobPicture({ picture, alt, className }: {
  picture: Blob;
  alt: string;
  className?: string | undefined;
}) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (!image.current) return;
    const address = URL.createObjectURL(picture);
    image.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [picture]);
  return <img ref={image} alt={alt} className={className} />;
}
