// What every control of a form is: made from a parameter's description and its value, it tells of changes.

import type { Editor } from "../../editor/context";
import type { Json, Param } from "../../types";
import type { Preview } from "./preview";
import type { Samples } from "./samples";

/** What the controls of one form share. */
export interface FormHost {
  editor: Editor;
  node: string; // id of the node whose parameters these are; "" for a form of something else
  readonly: boolean;
  samples: Samples | null;
  preview: Preview | null;
  credentials: string[]; // types that the parameter "credential" takes
  /** Values beside a control, defaults included. */
  siblings(): { [name: string]: Json | undefined };
}

export interface ControlOptions {
  param: Param;
  value: Json | undefined;
  id: string;
  describedBy: string;
  testid: string;
  host: FormHost;
  /** soon: while typing, to be gathered; else at once. */
  change(value: Json | undefined, soon: boolean): void;
  /** Says what is wrong with what was typed, "" for nothing. */
  invalid(text: string): void;
}

export interface Control {
  element: HTMLElement;
  set(value: Json | undefined): void;
  focus(): void;
  /** Puts an expression's inside at the cursor; only controls that hold expressions. */
  insert?(inside: string): void;
  /** Called when a sibling changed. */
  refresh?(): void;
  stop?(): void;
}

export type MakeControl = (options: ControlOptions) => Control;

export const isExpression = (value: unknown): value is string => typeof value === "string" && value.startsWith("=");
