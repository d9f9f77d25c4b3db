// The studio's HTTP API: JSON in and out, errors as problem+json.

import type { Problem } from "../types";
import { t } from "./words";

/** An answer that is not a success, in the server's words. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly title: string, readonly detail: string, readonly problems: Problem[]) {
    super(detail || title);
    this.name = "ApiError";
  }
}

/** No answer came: the network or the server is away. Trying again later makes sense. */
export class OfflineError extends Error {
  constructor(cause: unknown) {
    super(t("The studio cannot be reached"), { cause });
    this.name = "OfflineError";
  }
}

const root = "/api/v1";
const patience = 30_000; // milliseconds until a request counts as lost

export async function request<T>(method: string, path: string, body?: unknown, options: { headers?: Record<string, string>; keepalive?: boolean; patience?: number } = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(root + path, {
      method,
      credentials: "same-origin",
      keepalive: options.keepalive,
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...options.headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(options.patience ?? patience),
    });
  } catch (error) {
    throw new OfflineError(error);
  }
  const text = await response.text().catch((error: unknown) => Promise.reject(new OfflineError(error)));
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
  throw problemOf(response, text);
}

function problemOf(response: Response, text: string): Error {
  // A gateway that answers for an absent server is the network's fault, not an answer of the studio.
  if (response.status === 502 || response.status === 503 || response.status === 504) return new OfflineError(response.status);
  let told: { title?: string; detail?: string; problems?: Problem[] } = {};
  try {
    told = JSON.parse(text) as typeof told;
  } catch {
    // Not JSON: the status has to do.
  }
  return new ApiError(response.status, told.title ?? t("The studio answered {status}", { status: response.status }), told.detail ?? "", told.problems ?? []);
}

export const api = {
  get: <T>(path: string) => request<T>("GET", path),
  post: <T>(path: string, body: unknown = {}, headers?: Record<string, string>) => request<T>("POST", path, body, { headers }),
};

export const segment = encodeURIComponent;
