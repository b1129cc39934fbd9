// SPDX-License-Identifier: Apache-2.0
import type { StreamExplanation, StreamPlace } from '../match/index.ts';
import { backendsText } from './explanation-text.ts';
import { lineText, type Paint } from './paint.ts';
import { formatTable } from './table.ts';

const WHAT = { tcp: 'connections', udp: 'datagrams' } as const;

/** Who gets what comes to a port, for people: one block for each socket, ending with what becomes of it. */
export function streamText({ stream: { transport, port }, places }: StreamExplanation, paint: Paint): string {
  const head = `${paint('bold', `${WHAT[transport]} to port ${port}`)} (${transport})\n`;
  if (places.length === 0)
    return `${head}\nNo listener: no Gateway with a working ${transport.toUpperCase()} listener has the port, as it is bound.\n`;
  return [head, ...places.map(place => placeText(place, paint))].join('\n');
}

function placeText({ address, listener, rule, backends, answer }: StreamPlace, paint: Paint): string {
  const rows = [
    ['Address', address],
    ['Listener', listener],
    ...(rule === null ? [] : [['Route', `${rule.route}${rule.ruleName === '' ? '' : ` "${rule.ruleName}"`}`]]),
    ...(rule === null ? [] : [['Idle', `ended after ${rule.idleTimeoutMs / 1000} s of silence`]]),
  ];
  return [
    formatTable([], rows),
    backends.length === 0 ? '' : `Backends\n${backendsText(backends)}`,
    `Answer  ${paint(answer.kind === 'refused' ? 'red' : 'green', lineText(answer.text))}\n`,
  ].join('');
}
