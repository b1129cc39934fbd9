// SPDX-License-Identifier: Apache-2.0
import type { ConfigDump } from '../controller/index.ts';
import { describeMatch } from '../match/index.ts';
import type { Listener, Rule, StreamRule } from '../snapshot/index.ts';
import { socketAddress } from '../values/index.ts';
import { CONFIG_SECTIONS, type ConfigSection } from './config-sections.ts';
import { EXIT, usageError } from './exit-code.ts';
import { textAt } from './json-path.ts';
import { openSource } from './open-source.ts';
import { type OutputFormat, writeData } from './output-format.ts';
import type { SourceOptions } from './resource-source.ts';

import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Section {
  /** The part of the dump for `-o json`. */
  readonly data: (dump: ConfigDump) => unknown;
  readonly header: readonly string[];
  readonly rows: (dump: ConfigDump) => readonly (readonly string[])[];
}

const SECTIONS: Readonly<Record<ConfigSection, Section>> = {
  listener: {
    data: dump => dump.bindings,
    header: ['ADDRESS', 'LISTENER', 'HOSTNAME', 'TLS', 'HOSTS', 'ROUTES', 'STATE'],
    rows: listenerRows,
  },
  route: {
    data: dump =>
      dump.bindings.flatMap(binding =>
        binding.listeners.map(listener => ({ binding: binding.id, listener: listener.id, ...routesOf(listener) })),
      ),
    header: ['LISTENER', 'HOST', 'MATCH', 'RULE', 'BACKENDS'],
    rows: routeRows,
  },
  cluster: {
    data: dump => dump.clusters,
    header: ['CLUSTER', 'PROTOCOL', 'TLS', 'BALANCER', 'DISCOVERY', 'HEALTH CHECK', 'ENDPOINTS'],
    rows: clusterRows,
  },
  endpoint: {
    data: dump => ({ endpoints: dump.endpoints, live: dump.live }),
    header: ['CLUSTER', 'ENDPOINT', 'STATE', 'DISTANCE', 'HEALTH', 'NAME', 'CONNECTIONS', 'REQUESTS'],
    rows: endpointRows,
  },
  secret: {
    data: dump => [...dump.certificates, ...dump.trustBundles],
    header: ['CERTIFICATE', 'NAMES', 'NOT AFTER', 'KEY'],
    rows: dump => [
      ...dump.certificates.map(({ id, names, notAfterMs, key }) => [
        id,
        names.join(',') || '<none>',
        new Date(notAfterMs).toISOString(),
        key,
      ]),
      ...dump.trustBundles.map(({ id, pem }) => [id, `${pem.length} CA`, '', '']),
    ],
  },
};

export interface ProxyConfigOptions extends SourceOptions {
  readonly output: OutputFormat;
}

/** `proxy-config SECTION`: what the data plane holds now, keys left out. */
export async function runProxyConfig(asked: string, options: ProxyConfigOptions, terminal: Terminal): Promise<number> {
  const name = asked.endsWith('s') ? asked.slice(0, -1) : asked;
  const known = CONFIG_SECTIONS.find(section => section === name);
  if (known === undefined) {
    throw usageError(`unknown section "${asked}"`, `Sections: ${CONFIG_SECTIONS.join(', ')}`);
  }
  const section = SECTIONS[known];
  const dump = await (await openSource(options, terminal)).config();
  if (writeData(terminal, options.output, section.data(dump))) return EXIT.ok;
  terminal.out(formatTable(section.header, section.rows(dump)));
  return EXIT.ok;
}

function listenerRows(dump: ConfigDump): string[][] {
  return dump.bindings.flatMap(binding =>
    binding.listeners.map(listener => [
      socketAddress(binding.address, binding.port),
      listener.id,
      listener.hostname,
      tlsText(listener),
      ...counts(listener).map(String),
      bindingState(binding, dump),
    ]),
  );
}

function tlsText(listener: Listener): string {
  if (listener.kind !== 'https' && listener.kind !== 'tls') return '<none>';
  return listener.tls === null ? 'passthrough' : listener.tls.certificates.join(',');
}

/** Hosts, and routes of all of them. */
function counts(listener: Listener): readonly [number, number] {
  switch (listener.kind) {
    case 'http':
    case 'https':
      return [listener.virtualHosts.length, listener.virtualHosts.reduce((sum, host) => sum + host.entries.length, 0)];
    case 'tls':
      return [listener.serverNames.length, listener.serverNames.length];
    case 'tcp':
    case 'udp':
      return [0, listener.rule === null ? 0 : 1];
  }
}

/** What of a listener is about routes. */
function routesOf(listener: Listener): object {
  switch (listener.kind) {
    case 'http':
    case 'https':
      return { virtualHosts: listener.virtualHosts };
    case 'tls':
      return { serverNames: listener.serverNames };
    case 'tcp':
    case 'udp':
      return { rule: listener.rule };
  }
}

function bindingState({ problem }: ConfigDump['bindings'][number], { live }: ConfigDump): string {
  if (problem !== null) return `not bound: ${problem}`;
  return live === null ? '<unknown>' : 'bound';
}

function routeRows(dump: ConfigDump): string[][] {
  return dump.bindings.flatMap(binding => binding.listeners).flatMap(routeRowsOf);
}

function routeRowsOf(listener: Listener): string[][] {
  switch (listener.kind) {
    case 'http':
    case 'https':
      return listener.virtualHosts.flatMap(({ hostname, entries }) =>
        entries.map(({ match, rule }) => [listener.id, hostname, describeMatch(match), rule.id, backendsText(rule)]),
      );
    case 'tls':
      return listener.serverNames.map(({ hostname, rule }) => [
        listener.id,
        hostname,
        'server name',
        rule.id,
        backendsText(rule),
      ]);
    case 'tcp':
    case 'udp': {
      const { rule } = listener;
      const what = listener.kind === 'tcp' ? 'any connection' : 'any datagram';
      return rule === null ? [] : [[listener.id, '*', what, rule.id, backendsText(rule)]];
    }
  }
}

function backendsText({ fault, backends }: Pick<Rule | StreamRule, 'fault' | 'backends'>): string {
  if (fault !== null) return `fault: ${fault.reason}`;
  return backends.map(({ weight, target }) => `${targetText(target)}=${weight}`).join(',');
}

function targetText(target: unknown): string {
  return textAt(target, 'cluster') || `fault: ${textAt(target, 'fault', 'reason')}`;
}

function clusterRows(dump: ConfigDump): string[][] {
  const counts = new Map(dump.endpoints.map(set => [set.cluster, set.endpoints.length]));
  return dump.clusters.map(({ id, protocol, tls, balancer, discovery, healthCheck }) => [
    id,
    protocol,
    tls?.serverName ?? '<none>',
    balancer.kind,
    discovery.kind === 'dns'
      ? `dns ${discovery.targets.map(({ host, port }) => socketAddress(host, port)).join(',')}`
      : 'slices',
    healthCheck === null ? '<none>' : `every ${healthCheck.intervalMs} ms`,
    discovery.kind === 'dns' ? '' : String(counts.get(id) ?? 0),
  ]);
}

function endpointRows(dump: ConfigDump): string[][] {
  if (dump.live !== null) return liveRows(dump.live);
  return dump.endpoints.flatMap(({ cluster, endpoints }) =>
    endpoints.map(({ address, port, state, distance, name }) => [
      cluster,
      socketAddress(address, port),
      state,
      distanceOf(distance ?? 0),
      '<unknown>',
      name || '<none>',
      '',
      '',
    ]),
  );
}

type Live = NonNullable<ConfigDump['live']>;
type LiveEndpoint = Live['workers'][number]['clusters'][number]['endpoints'][number];

/** The workers' view: connections and requests added up over all of them. */
function liveRows({ workers }: Live): string[][] {
  const clusters = workers.flatMap(worker => worker.clusters);
  const endpoints = clusters.flatMap(({ id, endpoints: own }) => own.map(endpoint => ({ id, endpoint })));
  const groups = Map.groupBy(
    endpoints,
    ({ id, endpoint }) => `${id} ${socketAddress(endpoint.address, endpoint.port)}`,
  );
  return [...groups.values()].flatMap(group => {
    const [first] = group;
    if (first === undefined) return [];
    const { id, endpoint } = first;
    const sum = (count: (one: LiveEndpoint) => number): string =>
      String(group.reduce((total, one) => total + count(one.endpoint), 0));
    return [
      [
        id,
        socketAddress(endpoint.address, endpoint.port),
        endpoint.state,
        distanceOf(endpoint.distance),
        healthOf(endpoint),
        endpoint.name || '<none>',
        sum(one => one.connections),
        sum(one => one.activeRequests),
      ],
    ];
  });
}

/** `Endpoint.distance`; new streams go to the nearest. */
const DISTANCES: readonly string[] = ['near', 'zone', 'far'];

function distanceOf(distance: number): string {
  return DISTANCES[distance] ?? '<none>';
}

function healthOf({ health, ejected, failing }: LiveEndpoint): string {
  if (ejected) return 'ejected';
  return failing ? 'unreachable' : String(health);
}
