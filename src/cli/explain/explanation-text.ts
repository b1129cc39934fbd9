// SPDX-License-Identifier: Apache-2.0
import type {
  ExplainedBackend,
  ExplainedCandidate,
  ExplainedFrontend,
  ExplainedPlace,
  Explanation,
} from '../../match/index.ts';
import { lineText, type Paint } from '../paint.ts';
import { formatTable } from '../table.ts';
import { explanationHints } from './explanation-hints.ts';

/** An explanation for people: one block for each socket, ending with the answer. */
export function explanationText({ request, places }: Explanation, paint: Paint): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `  ${lineText(`${name}: ${value}`)}\n`);
  const read = request.readPath === request.path ? '' : `  read as ${lineText(request.readPath)}\n`;
  const head = `${paint('bold', lineText(`${request.method} ${request.path}`))} (${request.protocol})\n${read}${headers.join('')}`;
  if (places.length === 0) return `${head}\n`;
  const hints = explanationHints({ request, places }).map(hint => `${paint('cyan', 'hint:')} ${lineText(hint)}\n`);
  return `${[head, ...places.map(place => placeText(place, paint))].join('\n')}${hints.join('')}`;
}

function placeText(place: ExplainedPlace, paint: Paint): string {
  const host = `${place.host || '*'}${place.isHostAssumed ? ' (assumed; --host says another)' : ''}`;
  const rows = [
    ['Address', `${place.address}`],
    ['Host', host],
    ['Listener', listenerText(place)],
    ...frontendRows(place.frontend),
  ];
  return [
    formatTable([], rows),
    otherListenersText(place),
    place.notHealthCheck === '' ? '' : `  no health check: ${lineText(place.notHealthCheck)}\n`,
    place.tracing === '' ? '' : `Traced  ${place.tracing}\n`,
    place.gate.length === 0 ? '' : `Before rules\n${place.gate.map(filter => `  ${filter}\n`).join('')}`,
    candidatesText(place, paint),
    otherHostsText(place),
    place.filters.length === 0 ? '' : `Filters\n${place.filters.map(filter => `  ${filter}\n`).join('')}`,
    place.backends.length === 0 ? '' : `Backends\n${backendsText(place.backends)}`,
    `Answer  ${paint(place.answer.kind === 'refused' ? 'red' : 'green', lineText(place.answer.text))}\n`,
  ].join('');
}

/** At the port of a Service. */
export function frontendRows(frontend: ExplainedFrontend | null): string[][] {
  if (frontend === null) return [];
  const { service, clientNamespace, flow, why } = frontend;
  return [
    ['Service', service],
    [
      'Client',
      clientNamespace === ''
        ? 'of a namespace that is not known (--client-namespace says one)'
        : `of namespace ${clientNamespace}`,
    ],
    ['Flow', `${flow}: ${why}`],
  ];
}

function listenerText({ listener }: ExplainedPlace): string {
  if (listener === null) return 'none takes this host';
  return `${listener.id} (hostname ${listener.hostname}, ${listener.isTls ? 'TLS' : 'cleartext'})`;
}

function otherListenersText({ otherListeners }: ExplainedPlace): string {
  return otherListeners.map(({ id, reason }) => `  not ${id}: ${reason}\n`).join('');
}

function otherHostsText({ otherHosts }: ExplainedPlace): string {
  if (otherHosts.length === 0) return '';
  const rows = otherHosts.map(({ host, routes, reason }) => [host, routes.join(', '), reason]);
  return `Routes of other hosts\n${formatTable([], rows, '  ')}`;
}

function candidatesText(
  { answer, candidates, moreCandidates, listener, frontend }: ExplainedPlace,
  paint: Paint,
): string {
  if (listener === null || (answer.kind !== 'refused' && candidates.length === 0)) return '';
  if (frontend?.flow === 'a') return '';
  if (candidates.length === 0) return 'Candidates  none: no route is attached for this host\n';
  const rows = candidates.map(candidate => [
    verdictText(candidate, paint),
    `${candidate.route}[${candidate.ruleIndex}]${candidate.ruleName === '' ? '' : ` "${candidate.ruleName}"`}`,
    candidate.host,
    candidate.match,
    candidate.reason,
  ]);
  const more = moreCandidates === 0 ? '' : `  … and ${moreCandidates} more\n`;
  return `Candidates, in order of precedence\n${formatTable([], rows, '  ')}${more}`;
}

function verdictText({ verdict }: ExplainedCandidate, paint: Paint): string {
  if (verdict === 'taken') return paint('green', 'taken');
  return verdict === 'shadowed' ? paint('yellow', 'later') : paint('dim', 'no');
}

/** Shares, names and endpoints, a line each. */
export function backendsText(backends: readonly ExplainedBackend[]): string {
  const rows = backends.flatMap(backend => {
    const share = `${formatShare(backend.share)} %`;
    const name = backend.cluster || `fault: ${backend.fault}`;
    const notes = backend.filters.map(filter => ['', `  ${filter}`]);
    const asked = backend.asked === '' ? [] : [['', `  asked for ${backend.asked}`]];
    const about = [backend.tls, backend.session, backend.reach].filter(text => text !== '');
    const aboutRows = about.map(text => ['', `  ${lineText(text)}`]);
    return [[share, name], ...notes, ...asked, ...aboutRows, ...endpointRows(backend)];
  });
  return formatTable([], rows, '  ');
}

function endpointRows({ endpoints, fault, cluster }: ExplainedBackend): string[][] {
  if (fault !== '' && cluster !== '') return [['', `  ${fault}`]];
  if (endpoints === 'dns') return [['', '  endpoints by DNS']];
  return endpoints.map(({ address, state, name, note }) => {
    const who = name === '' ? '' : ` ${name}`;
    return ['', `  ${address} ${state}${who}${note === '' ? '' : `, ${note}`}`];
  });
}

function formatShare(share: number): string {
  return share >= 10 || Number.isInteger(share) ? String(Math.round(share * 10) / 10) : share.toPrecision(2);
}
