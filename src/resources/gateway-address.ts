// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { isIpAddress } from './ip-address.ts';
import { HOSTNAME_PATTERN, isDnsSubdomain } from './names.ts';
import { list, quote, refuse, text } from './vocabulary.ts';

// Not anchored as one would expect: that is how the CRD has it.
const ADDRESS_TYPE =
  /^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

const addressType = text({
  min: 1,
  max: 253,
  pattern: ADDRESS_TYPE,
  is: 'IPAddress, Hostname, NamedAddress or a type such as example.com/pool',
});

// RE2's dot takes every character but a line feed.
const PREFIXED = /^[^\n]*\/[^\n]+$/;

const routability = text({ max: 253 }).check(context => {
  const { value } = context;
  if (value === '' || value === 'Cluster') return;
  const [prefix = ''] = value.split('/', 1);
  const isOurs = PREFIXED.test(value) && isDnsSubdomain(prefix);
  if (isOurs && prefix !== 'k8s.io' && !prefix.endsWith('.k8s.io')) return;
  refuse(context, {
    code: 'schema/address-routability',
    message: `${quote(value)} is not a routability`,
    help: 'write Cluster, or a domain that is not k8s.io and a path, such as example.com/internal',
  });
});

const gatewayAddress = z
  .strictObject({
    type: addressType.default('IPAddress'),
    value: text({ max: 253 }).exactOptional(),
    routability: routability.exactOptional(),
  })
  .check(context => {
    const { type, value } = context.value;
    if (value === undefined) return;
    if (type === 'IPAddress' && !isIpAddress(value)) {
      refuse(context, {
        code: 'schema/address-value',
        path: ['value'],
        message: `${quote(value)} is not an IP address`,
        help: 'write an IPv4 or IPv6 address, or leave value out to be given one',
      });
    }
    if (type === 'Hostname' && !HOSTNAME_PATTERN.test(value)) {
      refuse(context, {
        code: 'schema/address-value',
        path: ['value'],
        message: `${quote(value)} is not a host name`,
        help: 'write a host name in lower case, or leave value out',
      });
    }
  });
/** An address that a Gateway asks for. Without value the implementation chooses one. */
export type GatewayAddress = Immutable<z.output<typeof gatewayAddress>>;

/** The addresses that a Gateway asks for. No IPAddress and no Hostname may be there twice. */
export const gatewayAddresses = list(gatewayAddress, { max: 16 }).check(context => {
  const seen = new Map<string, number>();
  for (const [index, { type, value }] of context.value.entries()) {
    if (value === undefined || (type !== 'IPAddress' && type !== 'Hostname')) continue;
    const first = seen.get(`${type} ${value}`);
    if (first === undefined) {
      seen.set(`${type} ${value}`, index);
      continue;
    }
    refuse(context, {
      code: 'schema/address-duplicate',
      path: [index, 'value'],
      message: `${type} ${quote(value)} is already item ${first}`,
      help: 'remove one of them',
    });
  }
});
