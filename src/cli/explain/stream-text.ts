// SPDX-License-Identifier: Apache-2.0
import type { StreamExplanation, StreamPlace } from '../../match/index.ts';
import { lineText, type Paint } from '../paint.ts';
import { formatTable } from '../table.ts';
import { backendsText, frontendRows } from './explanation-text.ts';

/** Who gets a stream, for people: one block for each socket, ending with what becomes of it. */
export function streamText({ stream, places }: StreamExplanation, paint: Paint): string {
  const head = `${paint('bold', lineText(askedText(stream)))} (${stream.transport})\n`;
  if (places.length === 0) return `${head}\n`;
  return [head, ...places.map(place => placeText(place, paint))].join('\n');
}

function askedText(stream: StreamExplanation['stream']): string {
  switch (stream.transport) {
    case 'tcp':
      return `connections to port ${stream.port}`;
    case 'udp':
      return `datagrams to port ${stream.port}`;
    case 'tls': {
      const name = stream.serverName === '' ? 'without server name' : `for ${stream.serverName}`;
      return `connections ${name}${stream.port === null ? '' : ` to port ${stream.port}`}`;
    }
  }
}

/** What is said where no Gateway takes the stream. */
export function noListenerText({ transport, port }: StreamExplanation['stream']): string {
  const protocol = transport === 'tls' ? 'TLS or HTTPS' : transport.toUpperCase();
  const what = port === null ? 'is there' : 'has the port, as it is bound';
  return `No listener: no Gateway with a working ${protocol} listener ${what}.`;
}

function placeText(place: StreamPlace, paint: Paint): string {
  const { rule, backends, answer } = place;
  const rows = [
    ['Address', place.address],
    ['Listener', listenerText(place)],
    ...frontendRows(place.frontend),
    ...(rule === null ? [] : [['Route', routeText(rule)]]),
    ...(rule === null ? [] : [['Idle', `ended after ${rule.idleTimeoutMs / 1000} s of silence`]]),
    ...(rule === null || rule.alpn.length === 0 ? [] : [['ALPN', `clients are offered ${rule.alpn.join(', ')}`]]),
  ];
  const others = place.otherNames.map(({ host, routes, reason }) => [host, routes.join(', '), reason]);
  return [
    formatTable([], rows),
    place.otherListeners.map(({ id, reason }) => `  not ${id}: ${reason}\n`).join(''),
    others.length === 0 ? '' : `Routes of other server names\n${formatTable([], others, '  ')}`,
    backends.length === 0 ? '' : `Backends\n${backendsText(backends)}`,
    `Answer  ${paint(answer.kind === 'refused' ? 'red' : 'green', lineText(answer.text))}\n`,
  ].join('');
}

function listenerText({ listener, mode }: StreamPlace): string {
  return `${listener ?? 'none takes this server name'}${mode === '' ? '' : ` (${mode})`}`;
}

function routeText({ route, ruleName, hostname }: NonNullable<StreamPlace['rule']>): string {
  return `${route}${ruleName === '' ? '' : ` "${ruleName}"`}${hostname === '*' ? '' : ` (hostname ${hostname})`}`;
}
