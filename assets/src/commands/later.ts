// Commands whose code comes when they are first used.

import { toast } from "../lib/announce";
import { behind } from "../lib/behind";
import { t } from "../lib/words";

/** Loads a module and uses it; when the studio cannot be reached, says so. */
export async function later<M>(loading: Promise<M>, use: (module: M) => unknown): Promise<void> {
  let module: M;
  try {
    module = await behind(loading);
  } catch {
    return toast(t("This could not be loaded. Try again when the studio can be reached."), { error: true });
  }
  await use(module);
}
