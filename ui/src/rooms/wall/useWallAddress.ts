import { useCallback } from "react";
import { useSearchParams } from "react-router";

import { recall, remember } from "@/lib/storage";

const KEY = "wall.layout";

export interface WallAddress {
  /** Null: all cameras. */
  layoutId: number | null;
  editing: "new" | "chosen" | null;
  choose: (id: number | null) => void;
  edit: (isNew: boolean) => void;
}

/** Which layout is shown, as the address says or as it was chosen last in this browser. */
export function useWallAddress(): WallAddress {
  const [params, setParams] = useSearchParams();
  const said = params.get("layout") ?? recall(KEY);
  const id = Number(said);
  const layoutId = said !== null && Number.isInteger(id) && id > 0 ? id : null;
  const edit = params.get("edit");
  const choose = useCallback(
    (chosen: number | null) => {
      remember(KEY, String(chosen ?? ""));
      setParams(chosen === null ? {} : { layout: String(chosen) });
    },
    [setParams],
  );
  return {
    layoutId,
    editing: edit === null ? null : edit === "new" || layoutId === null ? "new" : "chosen",
    choose,
    edit: (isNew) => {
      const layout = layoutId === null ? {} : { layout: String(layoutId) };
      setParams({ ...layout, edit: isNew ? "new" : "1" });
    },
  };
}
