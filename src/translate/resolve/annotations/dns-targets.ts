// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../../errors/index.ts';
import type { Service, ServicePort } from '../../../resources/index.ts';
import type { DnsTarget, Endpoint } from '../../../snapshot/index.ts';
import { compareStrings } from '../../../values/index.ts';
import { isIpAddress } from '../ip-address.ts';
import { type AnnotationDeclaration, type Parsed, readAnnotation } from './annotation.ts';

/** Hosts that are found by DNS, in place of EndpointSlices. A host without port has the port asked for. */
export const ENDPOINTS: AnnotationDeclaration = {
  name: 'daemun.dev/endpoints',
  kinds: ['Service'],
  syntax: '"host:port,host:port"; an IPv6 address goes into brackets',
};

/** Where the annotation or an ExternalName leads: names to resolve, or addresses that need no resolving. */
export interface DnsDiscovery {
  /** Sorted; empty when all hosts are IP addresses. */
  readonly targets: readonly DnsTarget[];
  readonly addresses: readonly Endpoint[];
}

/** The port asked for, and what the Service says about it. */
export interface AskedPort {
  readonly port: number;
  readonly servicePort: ServicePort | undefined;
}

/**
 * `daemun.dev/endpoints: "host:port,host:port"` of a Service (IPv6 as `[::1]:80`; without port: the target port), else
 * its `externalName`; undefined when it has neither. The annotation stands above EndpointSlices.
 */
export function readDnsTargets(service: Service, asked: AskedPort, findings: Finding[]): DnsDiscovery | undefined {
  const port = defaultPort(asked);
  const written = readAnnotation<readonly DnsTarget[]>(
    service,
    { ...ENDPOINTS, fallback: [], parse: text => parseTargets(text, port) },
    findings,
  );
  if (written.length > 0) return dnsDiscovery(written);
  const { type, externalName } = service.spec;
  if (type !== 'ExternalName' || externalName === undefined || externalName === '') return undefined;
  return dnsDiscovery([{ host: externalName.toLowerCase(), port }]);
}

function defaultPort({ port, servicePort }: AskedPort): number {
  const target = servicePort?.targetPort;
  return typeof target === 'number' ? target : port;
}

function parseTargets(text: string, fallbackPort: number): Parsed<readonly DnsTarget[]> {
  const targets: DnsTarget[] = [];
  for (const part of text.split(',').map(item => item.trim())) {
    const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s/]+))(?::([0-9]{1,5}))?$/.exec(part);
    const host = match?.[1] ?? match?.[2];
    const port = match?.[3] === undefined ? fallbackPort : Number(match[3]);
    const isBroken = match?.[1] !== undefined && !isIpAddress(match[1]);
    if (host === undefined || isBroken || port < 1 || port > 65535) return { problem: `"${part}" is not host:port` };
    targets.push({ host: host.toLowerCase(), port });
  }
  return { value: targets };
}

/** Names to resolve, and addresses that need no resolving. */
export function dnsDiscovery(targets: readonly DnsTarget[]): DnsDiscovery {
  const unique = [...new Map(targets.map(target => [`${target.host} ${target.port}`, target])).values()];
  unique.sort((a, b) => compareStrings(a.host, b.host) || a.port - b.port);
  // A mixture is left to the resolver as a whole: it takes an address as its own answer.
  if (!unique.every(target => isIpAddress(target.host))) return { targets: unique, addresses: [] };
  const addresses = unique.map(({ host, port }) => ({ address: host, port, state: 'ready' as const, name: '' }));
  return { targets: [], addresses };
}
