// What supervisor and roles say to each other over the channel of child_process.fork.

import type { ErrorCode, ErrorDetails } from "@cocoon/protocol";
import type { Facts } from "../roles/role.ts";

export type FromRole =
  /** All that needs no network is done; the role waits to be started. */
  | { readonly kind: "prepared" }
  | { readonly kind: "ready"; readonly facts: Facts }
  /** The role ends, and why. */
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly details: ErrorDetails };

export type ToRole =
  | { readonly kind: "start" }
  /** Close in order. */
  | { readonly kind: "stop" };
