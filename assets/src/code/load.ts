// The code editor comes only when a field of it gets the focus or is shown: it is larger than all the rest.

import type { CodeHandle, CodeOptions } from "./editor";

let loading: Promise<typeof import("./editor")> | undefined;

/** Makes a code editor. It rejects when the script cannot be loaded; the plain field then stays. */
export async function createCode(options: CodeOptions): Promise<CodeHandle> {
  loading ??= import("./editor");
  try {
    return (await loading).createCode(options);
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

export type { CodeHandle, CodeOptions } from "./editor";
export type { Completions, Sample } from "./complete";
