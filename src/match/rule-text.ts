// SPDX-License-Identifier: Apache-2.0

import type { ExternalAuth, Filter, HeaderChange } from '../snapshot/index.ts';

/** What a filter does, in one line. */
export function describeFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'request-headers':
      return `request headers: ${describeChange(filter.change)}`;
    case 'response-headers':
      return `response headers: ${describeChange(filter.change)}`;
    case 'mirror': {
      const { numerator, denominator } = filter.share;
      return `mirror ${formatShare((100 * numerator) / denominator)} % to ${filter.target.cluster}`;
    }
    case 'external-auth':
      return `external auth: ${describeAuth(filter.auth)}`;
  }
}

function describeAuth({ kind, cluster, maxBodyBytes }: ExternalAuth): string {
  const how = kind === 'grpc' ? 'by gRPC' : 'by HTTP';
  const body = maxBodyBytes === 0 ? '' : `, with the body up to ${maxBodyBytes} bytes`;
  return `${cluster} is asked ${how}${body}; without its yes the request is denied`;
}

function describeChange({ set, add, remove }: HeaderChange): string {
  const parts = [
    ...set.map(({ name, value }) => `set ${name}: ${value}`),
    ...add.map(({ name, value }) => `add ${name}: ${value}`),
    ...remove.map(name => `remove ${name}`),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** A percentage with at most three significant digits: `90`, `33.3`, `0.001`. */
export function formatShare(percent: number): string {
  return String(Number(percent.toPrecision(3)));
}
