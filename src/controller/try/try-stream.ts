// SPDX-License-Identifier: Apache-2.0
import { explainStream, type StreamQuestion } from '../../match/index.ts';
import type { Binding, Listener, Snapshot } from '../../snapshot/index.ts';
import { ANY_HOST } from '../../values/index.ts';
import type { TrySource } from './try-place.ts';

/** A line that somebody answers, for the start-up table. */
export interface TryStream {
  readonly transport: 'tcp' | 'tls' | 'udp';
  readonly address: string;
  readonly port: number;
  /** What to ask for in TLS; '' in the others. */
  readonly serverName: string;
}

const TRANSPORTS = ['tcp', 'tls', 'udp'] as const;

/** For each transport the first listener that gives all of it to demo backends, which answer any line: of others nobody knows what they say. */
export function findTryStreams({ snapshot, gateways, demoEndpoints }: TrySource): readonly TryStream[] {
  const bound = new Set(
    gateways.flatMap(({ listeners }) => listeners.filter(one => one.bound !== null).map(({ id }) => id)),
  );
  const candidates = snapshot.bindings.flatMap(binding =>
    binding.listeners
      .filter(({ id }) => bound.has(id))
      .flatMap(listener => namesOf(listener).map(name => candidateOf(binding, listener.kind, name))),
  );
  const found = candidates.filter(candidate => isAnswered(candidate, snapshot, demoEndpoints));
  return TRANSPORTS.flatMap(transport => found.find(one => one.transport === transport) ?? []);
}

/** Names that are asked for at a listener of streams; '' where none is. */
function namesOf(listener: Listener): readonly string[] {
  switch (listener.kind) {
    case 'http':
    case 'https':
      return [];
    case 'tls':
      return listener.serverNames.map(({ hostname }) => nameOf(hostname));
    case 'tcp':
    case 'udp':
      return [''];
  }
}

/** A name that the pattern takes. */
function nameOf(pattern: string): string {
  if (pattern === ANY_HOST) return 'demo.example.com';
  return pattern.startsWith('*.') ? `demo${pattern.slice(1)}` : pattern;
}

function candidateOf({ address, port }: Binding, kind: Listener['kind'], serverName: string): TryStream {
  const transport = kind === 'udp' ? 'udp' : kind === 'tcp' ? 'tcp' : 'tls';
  return { transport, address, port, serverName };
}

function isAnswered(stream: TryStream, snapshot: Snapshot, demoEndpoints: ReadonlySet<string>): boolean {
  const bindings = snapshot.bindings.filter(({ address }) => address === stream.address);
  const [place] = explainStream({ ...snapshot, bindings }, questionOf(stream)).places;
  return (
    place?.answer.kind === 'forwarded' &&
    place.backends.every(
      ({ endpoints, fault }) =>
        fault === '' && endpoints !== 'dns' && endpoints.every(({ address }) => demoEndpoints.has(address)),
    )
  );
}

function questionOf({ transport, port, serverName }: TryStream): StreamQuestion {
  const anywhere = { gateway: null, listener: null, clientNamespace: null, to: null };
  return transport === 'tls' ? { transport, port, serverName, ...anywhere } : { transport, port, ...anywhere };
}
