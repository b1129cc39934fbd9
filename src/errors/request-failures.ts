// SPDX-License-Identifier: Apache-2.0

import { CLIENT_FAILURES } from './client-failures.ts';
import { ENDPOINT_FAILURES } from './endpoint-failures.ts';
import { GATEWAY_FAILURES } from './gateway-failures.ts';
import type { FailureSource, RequestFailure } from './request-failure.ts';

/** The reasons that access log lines and metrics give for requests that were not answered by an endpoint. */
export const REQUEST_FAILURES = { ...CLIENT_FAILURES, ...ENDPOINT_FAILURES, ...GATEWAY_FAILURES } as const;

/** The `domain` of a `google.rpc.ErrorInfo` whose `reason` is one of these. */
export const FAILURE_DOMAIN = 'daemun.dev';

export type RequestFailureReason = keyof typeof REQUEST_FAILURES;

/** Whose doing it was. Reasons of faults come with the snapshot; what is not in the table is our own doing. */
export function failureSource(reason: string): FailureSource {
  const failures: Readonly<Record<string, RequestFailure>> = REQUEST_FAILURES;
  return failures[reason]?.source ?? 'internal';
}
