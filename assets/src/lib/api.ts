// The studio's HTTP API: JSON in and out, errors as problem+json.

import type { Problem } from "../types";
import { t } from "./words";

/** An answer that is not a success, in the server's words. */
export class ApiError extends Error {
  /** @param after milliseconds after which the studio wants to be asked again; 0: it did not say */
  constructor(readonly status: number, readonly title: string, readonly detail: string, readonly problems: Problem[], readonly after = 0) {
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
const attempts = 4; // of a request that only reads
const longestWait = 10_000; // milliseconds before the next of them

interface RequestOptions { headers?: Record<string, string>; keepalive?: boolean; patience?: number }

/** Asks the studio. What only reads waits and asks again by itself when the studio says that it is asked too much. */
export async function request<T>(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once<T>(method, path, body, options);
    } catch (error) {
      if (method !== "GET" || attempt === attempts || !isTooFast(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(error.after || 1000, longestWait) * (1 + Math.random() / 2)));
    }
  }
}

/** The studio did not look at the request because too many came; it is right to send it again later. */
export function isTooFast(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 429;
}

async function once<T>(method: string, path: string, body: unknown, options: RequestOptions): Promise<T> {
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
  return new ApiError(response.status, told.title ?? t("The studio answered {status}", { status: response.status }), told.detail ?? "", told.problems ?? [], (Number(response.headers.get("Retry-After")) || 0) * 1000);
}

export const api = {
  get: <T>(path: string) => request<T>("GET", path),
  delete: (path: string) => request<void>("DELETE", path),
  post: <T>(path: string, body: unknown = {}, headers?: Record<string, string>) => request<T>("POST", path, body, { headers }),
};

export const segment = encodeURIComponent;
