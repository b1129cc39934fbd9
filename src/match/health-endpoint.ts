// SPDX-License-Identifier: Apache-2.0

import type { HealthEndpoint } from '../snapshot/index.ts';
import { splitTarget } from './http/http-target.ts';
import type { RequestView } from './request-view.ts';

/** Whether a request is a check of a listener's health: its path, whatever the method and query, and every field. */
export function isHealthCheck(endpoint: HealthEndpoint, request: RequestView): boolean {
  return isAtEndpoint(endpoint, request) && unmetField(endpoint, request) === undefined;
}

/** Whether the path is the endpoint's; gRPC calls never are checks. */
function isAtEndpoint({ path }: HealthEndpoint, request: RequestView): boolean {
  return !request.isGrpc && splitTarget(request.method, request.path)?.path === path;
}

function unmetField({ headers }: HealthEndpoint, request: RequestView): string | undefined {
  return headers.find(({ name, value }) => request.header(name) !== value)?.name;
}

/** Why a request at the endpoint's path is no check, in one line; undefined: it is one, or has another path. */
export function whyNoHealthCheck(endpoint: HealthEndpoint, request: RequestView): string | undefined {
  if (!isAtEndpoint(endpoint, request)) return undefined;
  const unmet = unmetField(endpoint, request);
  if (unmet === undefined) return undefined;
  const fields = endpoint.headers.map(({ name, value }) => `${name}: ${value}`).join(' and ');
  return `${endpoint.path} is the Gateway's health endpoint for requests with ${fields}; ${unmet} is not so`;
}
