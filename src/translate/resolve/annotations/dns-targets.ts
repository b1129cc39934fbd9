// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../../errors/index.ts';
import type { Service, ServicePort } from '../../../resources/index.ts';
import type { DnsTarget, Endpoint } from '../../../snapshot/index.ts';
import { compareStrings, isMachineLocal } from '../../../values/index.ts';
import { findingOf, type Named } from '../../report.ts';
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

/** Who names hosts, and whether those may be on this machine: in a cluster that is not theirs. */
export interface HostOwner {
  readonly owner: Named;
  readonly refusesLocal: boolean;
}

/** The port asked for, and what the Service says about it. */
export interface AskedPort {
  readonly port: number;
  readonly servicePort: ServicePort | undefined;
  /** As in `HostOwner`. */
  readonly refusesLocal: boolean;
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
  const by = { owner: service, refusesLocal: asked.refusesLocal };
  if (written.length > 0) return dnsDiscovery(written, by, findings);
  const { type, externalName } = service.spec;
  if (type !== 'ExternalName' || externalName === undefined || externalName === '') return undefined;
  return dnsDiscovery([{ host: externalName.toLowerCase(), port }], by, findings);
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

/** Names to resolve, and addresses that need no resolving. What names lead to is judged when they are resolved. */
export function dnsDiscovery(
  targets: readonly DnsTarget[],
  { owner, refusesLocal }: HostOwner,
  findings: Finding[],
): DnsDiscovery {
  const usable = targets.filter(({ host }) => !refusesLocal || !isMachineLocal(host));
  for (const { host } of targets) if (refusesLocal && isMachineLocal(host)) findings.push(localHost(owner, host));
  const unique = [...new Map(usable.map(target => [`${target.host} ${target.port}`, target])).values()];
  unique.sort((a, b) => compareStrings(a.host, b.host) || a.port - b.port);
  // A mixture is left to the resolver as a whole: it takes an address as its own answer.
  if (!unique.every(target => isIpAddress(target.host))) return { targets: unique, addresses: [] };
  const addresses = unique.map(({ host, port }) => ({ address: host, port, state: 'ready' as const, name: '' }));
  return { targets: [], addresses };
}

/** The gateway's own machine is not the namespace's: its admin address is there, and what else listens for neighbours only. */
function localHost(owner: Named, host: string): Finding {
  return findingOf('backend/local-address', owner, {
    message: `${host} is an address of whatever machine the gateway runs on; no request is sent there`,
    help: 'Name an address that is the same from everywhere in the cluster',
  });
}
