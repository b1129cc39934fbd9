// SPDX-License-Identifier: Apache-2.0
import type {
  FrontendSummary,
  GatewaySummary,
  ListenerSummary,
  LocatedFinding,
  RunningGateway,
} from '../../controller/index.ts';
import type { Finding } from '../../errors/index.ts';
import { formatNamespacedName, socketAddress } from '../../values/index.ts';
import { tryText } from '../explain/try-text.ts';
import { formatPlace, formatSubject } from '../finding-text.ts';
import { type Paint, paintFor } from '../paint.ts';
import { shellWord } from '../shell-word.ts';
import { shortPath } from '../short-path.ts';
import { formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

const HEADER = ['GATEWAY', 'LISTENER', 'ADDRESS', 'PROTOCOL', 'HOSTNAME', 'ROUTES', 'STATE'];

const FRONTEND_HEADER = ['SERVICE', 'ADDRESS', 'CLIENTS OF', 'ROUTED BY'];

/** Findings that are named one by one; the command shows the others too. */
const MAX_NAMED = 10;

type Shown = Pick<
  RunningGateway,
  | 'gateways'
  | 'frontends'
  | 'tryCall'
  | 'tryRequest'
  | 'tryStreams'
  | 'caFile'
  | 'adminAddress'
  | 'findings'
  | 'locate'
  | 'readiness'
  | 'sharedWith'
>;

export interface StartTableOptions {
  readonly terminal: Terminal;
  readonly tookMs: number;
  readonly source: TableSource;
}

/** Where the resources come from: paths as the user named them, or a cluster. */
export type TableSource =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'kubernetes' };

/** What `run` prints once it runs: listeners as really bound, problems, a call to try, and whether it is ready. */
export function startTable(running: Shown, { terminal, tookMs, source }: StartTableOptions): string {
  const paint = paintFor(terminal);
  const gateways = running.gateways();
  const frontends = running.frontends();
  const parts = [
    gateways.length === 0 && frontends.length > 0
      ? ''
      : gateways.length === 0
        ? `No Gateway yet: the ${source.kind === 'files' ? 'files are' : 'cluster is'} watched.\n`
        : gatewayTable(gateways, paint),
    frontends.length === 0 ? '' : frontendTable(frontends, paint),
    movedText(gateways, paint),
    problemText(gateways, paint),
    findingText(running, { source, terminal }, paint),
    tryText(running, terminal, paint),
    sharedText(running, paint),
    running.readiness().ready ? readyLine(running, tookMs, paint) : notReadyLine(running, paint),
  ];
  return parts.filter(part => part !== '').join('\n');
}

/** What tells how to mend what is wrong. */
function helpCommand(source: TableSource, { program }: Terminal): string {
  if (source.kind === 'kubernetes') return `${program} check --kubernetes`;
  return `${program} check ${source.paths.map(path => `-f ${shellWord(path)}`).join(' ')}`;
}

function gatewayTable(gateways: readonly GatewaySummary[], paint: Paint): string {
  const rows = gateways.flatMap(gateway =>
    gateway.listeners.map(listener => [
      `${gateway.namespace}/${gateway.name}`,
      labelOf(listener),
      listener.bound === null ? '-' : socketAddress(listener.bound.address, listener.bound.port),
      listener.protocol,
      listener.hostname || '*',
      String(listener.attachedRoutes),
      stateOf(gateway, listener, paint),
    ]),
  );
  return formatTable(HEADER, rows);
}

function frontendTable(frontends: readonly FrontendSummary[], paint: Paint): string {
  const rows = frontends.map(({ service, bound, clients, kind, routes }) => [
    service,
    socketAddress(bound.address, bound.port),
    clients ?? 'all others',
    kind === 'Service' ? paint('dim', 'left as it is') : `${kind} ${routes.join(', ')}`,
  ]);
  return formatTable(FRONTEND_HEADER, rows);
}

function stateOf(gateway: GatewaySummary, listener: ListenerSummary, paint: Paint): string {
  if (gateway.problem !== '' || listener.problem !== '' || listener.bound === null) return paint('red', 'not ready');
  return listener.attachedRoutes === 0 ? paint('yellow', 'no routes') : paint('green', 'ready');
}

function movedText(gateways: readonly GatewaySummary[], paint: Paint): string {
  const moved = gateways.flatMap(({ namespace, name, listeners }) =>
    listeners
      .filter(listener => listener.note !== '' && listener.bound !== null)
      .map(
        listener =>
          `${paint('yellow', 'moved')} ${namespace}/${name} listener ${labelOf(listener)}: ${listener.note}\n`,
      ),
  );
  return moved.join('');
}

function problemText(gateways: readonly GatewaySummary[], paint: Paint): string {
  const lines = gateways.flatMap(({ namespace, name, problem, listeners }) => [
    ...(problem === '' ? [] : [`${namespace}/${name}: ${problem}`]),
    ...listeners
      .filter(listener => listener.problem !== '')
      .map(listener => `${namespace}/${name} ${namedOnce(listener)}`),
  ]);
  return lines.map(line => `${paint('red', 'problem')} ${line}\n`).join('');
}

/** One of a ListenerSet has the set's name before it: names need not differ from set to set. */
function labelOf({ listenerSet, name }: ListenerSummary): string {
  return listenerSet === null ? name : `${formatNamespacedName(listenerSet)}/${name}`;
}

/** Most problems name their listener already. */
function namedOnce(listener: ListenerSummary): string {
  const { name, problem, listenerSet } = listener;
  if (listenerSet !== null) return `listener ${labelOf(listener)}: ${problem}`;
  const isNamed = problem.startsWith(`Listener ${name} `) || problem.startsWith(`Listener ${name}:`);
  return isNamed ? problem.replace(/^L/, 'l') : `listener ${name}: ${problem}`;
}

function findingText(
  running: Pick<RunningGateway, 'findings' | 'locate'>,
  { source, terminal }: Pick<StartTableOptions, 'source' | 'terminal'>,
  paint: Paint,
): string {
  const findings = running.findings.filter(isOfManifests);
  if (findings.length === 0) return '';
  const named = findings.toSorted(errorsFirst).slice(0, MAX_NAMED);
  const errors = findings.filter(finding => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const counts = `${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}`;
  const rest = findings.length > MAX_NAMED ? `  and ${findings.length - MAX_NAMED} more\n` : '';
  return [
    `${paint(errors > 0 ? 'red' : 'yellow', counts)} in the ${source.kind === 'files' ? 'manifests' : 'cluster'}:\n`,
    ...running.locate(named).map(finding => findingLine(finding, paint)),
    rest,
    `  What to do about each: ${helpCommand(source, terminal)}\n`,
  ].join('');
}

function errorsFirst(a: Finding, b: Finding): number {
  return Number(b.severity === 'error') - Number(a.severity === 'error');
}

/** What the command shows as well: not what is so on this machine only, which the table and the log tell. */
function isOfManifests({ code, severity }: Finding): boolean {
  return severity !== 'info' && !code.startsWith('demo/') && code !== 'gateway/port-unavailable';
}

function findingLine(finding: LocatedFinding, paint: Paint): string {
  const { severity, code, message } = finding;
  const place = formatPlace({ ...finding, file: finding.file === null ? null : shortPath(finding.file) });
  const shown = paint(severity === 'error' ? 'red' : 'yellow', severity);
  return `  ${place || formatSubject(finding)} ${shown} ${code} ${message}\n`;
}

function sharedText({ sharedWith }: Pick<RunningGateway, 'sharedWith'>, paint: Paint): string {
  if (sharedWith.length === 0) return '';
  const pids = sharedWith.join(' ');
  return [
    `${paint('yellow', 'shared')} with process ${pids}, which has the same manifests: both get connections.\n`,
    `  To replace it by this one, stop it: kill -TERM ${pids}\n`,
  ].join('');
}

/** `tookMs`: since the start. */
export function readyLine(running: Pick<RunningGateway, 'adminAddress'>, tookMs: number, paint: Paint): string {
  return `${paint('green', 'Ready')} in ${(tookMs / 1000).toFixed(2)} s${adminText(running)}. Ctrl-C stops.\n`;
}

function notReadyLine(running: Pick<RunningGateway, 'adminAddress' | 'readiness'>, paint: Paint): string {
  const readiness = running.readiness();
  if (readiness.ready) return '';
  const sockets = readiness.unbound.map(({ address, port, problem }) => `  ${address} port ${port}: ${problem}\n`);
  return [
    `${paint('red', 'Not ready')}: ${readiness.reason}${adminText(running)}. Ctrl-C stops.\n`,
    ...sockets,
    sockets.length === 0
      ? ''
      : '  Free the port, add the address to the machine, or change the manifest; binding is tried again every second.\n',
  ].join('');
}

function adminText({ adminAddress }: Pick<RunningGateway, 'adminAddress'>): string {
  return adminAddress === null ? '' : `, admin at http://${adminAddress}/`;
}
