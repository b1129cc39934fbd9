// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import type { GatewaySummary, ListenerSummary, Standalone, TryCall } from '../controller/index.ts';
import { type Paint, paintFor } from './paint.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const HEADER = ['GATEWAY', 'LISTENER', 'ADDRESS', 'PROTOCOL', 'HOSTNAME', 'ROUTES', 'STATE'];

export interface StartTableOptions {
  readonly terminal: Terminal;
  readonly tookMs: number;
  /** As the user named them. */
  readonly paths: readonly string[];
}

/** What `run` prints once it is ready: listeners as really bound, problems, a call to try, and the ready line. */
export function startTable(
  standalone: Pick<Standalone, 'gateways' | 'tryCall' | 'caFile' | 'adminAddress' | 'findings'>,
  { terminal, tookMs, paths }: StartTableOptions,
): string {
  const paint = paintFor(terminal);
  const gateways = standalone.gateways();
  const parts = [
    gateways.length === 0 ? 'No Gateway yet: the files are watched.\n' : gatewayTable(gateways, paint),
    problemText(gateways, paint),
    findingText(standalone, `${terminal.program} check ${paths.map(path => `-f ${quote(path)}`).join(' ')}`, paint),
    tryText(standalone, terminal, paint),
    readyLine(standalone, tookMs, paint),
  ];
  return parts.filter(part => part !== '').join('\n');
}

function gatewayTable(gateways: readonly GatewaySummary[], paint: Paint): string {
  const rows = gateways.flatMap(gateway =>
    gateway.listeners.map(listener => [
      `${gateway.namespace}/${gateway.name}`,
      listener.name,
      listener.bound === null ? '-' : `${listener.bound.address}:${listener.bound.port}`,
      listener.protocol,
      listener.hostname || '*',
      String(listener.attachedRoutes),
      stateOf(gateway, listener, paint),
    ]),
  );
  return formatTable(HEADER, rows);
}

function stateOf(gateway: GatewaySummary, listener: ListenerSummary, paint: Paint): string {
  if (gateway.problem !== '' || listener.problem !== '' || listener.bound === null) return paint('red', 'not ready');
  return listener.attachedRoutes === 0 ? paint('yellow', 'no routes') : paint('green', 'ready');
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

/** Most problems name their listener already. */
function namedOnce({ name, problem }: ListenerSummary): string {
  const isNamed = problem.startsWith(`Listener ${name} `) || problem.startsWith(`Listener ${name}:`);
  return isNamed ? problem.replace(/^L/, 'l') : `listener ${name}: ${problem}`;
}

function findingText(standalone: Pick<Standalone, 'findings'>, command: string, paint: Paint): string {
  // What the demo put right is told in the log; the manifests alone are what the command shows.
  const findings = standalone.findings.filter(finding => !finding.code.startsWith('demo/'));
  const errors = findings.filter(finding => finding.severity === 'error').length;
  const warnings = findings.filter(finding => finding.severity === 'warning').length;
  if (errors + warnings === 0) return '';
  const counts = `${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}`;
  return `${paint(errors > 0 ? 'red' : 'yellow', counts)} in the manifests; to list them: ${command}\n`;
}

function tryText(standalone: Pick<Standalone, 'tryCall' | 'caFile'>, terminal: Terminal, paint: Paint): string {
  const call = standalone.tryCall();
  if (call === undefined) return '';
  const ca = call.isTls ? standalone.caFile : null;
  return [
    `${paint('bold', 'Try')}\n`,
    `  ${ownCommand(call, ca, terminal.program)}\n`,
    `  ${grpcurlCommand(call, ca)}\n`,
  ].join('');
}

function ownCommand(call: TryCall, ca: string | null, program: string): string {
  const words = [program, 'call', ...connectionFlags(call, ca, '--')];
  if (call.authority !== '') words.push('--authority', call.authority);
  words.push(...call.headers.flatMap(header => ['-H', quote(header)]));
  words.push(addressOf(call), call.method, quote(call.message));
  return words.join(' ');
}

function grpcurlCommand(call: TryCall, ca: string | null): string {
  const words = ['grpcurl', ...connectionFlags(call, ca, '-')];
  if (call.authority !== '') words.push('-authority', call.authority);
  words.push(...call.headers.flatMap(header => ['-H', quote(header)]));
  words.push('-d', quote(call.message), addressOf(call), call.method);
  return words.join(' ');
}

function connectionFlags(call: TryCall, ca: string | null, dashes: '-' | '--'): string[] {
  if (!call.isTls) return [`${dashes}plaintext`];
  return ca === null ? [`${dashes}insecure`] : [`${dashes}cacert`, quote(shortPath(ca))];
}

function addressOf({ address, port }: TryCall): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function shortPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') || short.length > file.length ? file : short;
}

/** Quoted for a POSIX shell where that is needed. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function readyLine(standalone: Pick<Standalone, 'adminAddress'>, tookMs: number, paint: Paint): string {
  const admin = standalone.adminAddress === null ? '' : `, admin at http://${standalone.adminAddress}/`;
  return `${paint('green', 'Ready')} in ${(tookMs / 1000).toFixed(2)} s${admin}. Ctrl-C stops.\n`;
}
