import { Fragment } from "react";

import css from "./Address.module.css";

/** A camera's address, broken over lines only where it has joints. */
export function Address({ address }: { address: string }) {
  return (
    <span className={css.address}>
      {address.split(/(?<=[/?&])(?=[^/])/).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
