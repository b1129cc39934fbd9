// SPDX-License-Identifier: Apache-2.0

import type { Replica, Share, StatusReport, Trouble } from '../../controller/index.ts';
import { formatAge } from '../age.ts';
import { lineText, type Paint } from '../paint.ts';
import { formatTable } from '../table.ts';

/** Troubles on the page; `-o json` has more. */
const MAX_TOLD = 20;

/** How the page is made. */
export interface PageOptions {
  readonly paint: Paint;
  /** Of the wall clock, for ages. */
  readonly nowMs: number;
  /** A command as it is typed here. */
  commandOf(next: string): string;
}

/** The page for people. */
export function reportText(report: StatusReport, options: PageOptions): string {
  const { paint, nowMs } = options;
  const parts = [replicasText(report.replicas, paint, nowMs), factsText(report, nowMs), troublesText(report, options)];
  return parts.join('\n');
}

function replicasText(replicas: readonly Replica[], paint: Paint, nowMs: number): string {
  const header = ['REPLICA', 'VERSION', 'STATE', 'READY', 'SNAPSHOT', 'CHANGED', 'STARTED', 'NOTE'];
  return formatTable(
    header,
    replicas.map(({ name, told, isReady, isLeading, note }) => [
      name,
      told?.versions.daemun ?? '<unknown>',
      told?.state ?? '<unknown>',
      isReady ? paint('green', 'yes') : paint('red', 'no'),
      String(told?.version ?? '<unknown>'),
      ago(told?.changedAt ?? '', nowMs),
      ago(told?.startedAt ?? '', nowMs),
      [...(isLeading ? ['leads'] : []), ...(note === '' ? [] : [note])].join('; '),
    ]),
  );
}

function ago(time: string, nowMs: number): string {
  return time === '' ? '<unknown>' : `${formatAge(time, nowMs)} ago`;
}

function factsText({ source, leader, counts, firstToExpire }: StatusReport, nowMs: number): string {
  const { gateways, listeners, routes, clusters, endpoints } = counts;
  const rows: [string, string][] = [
    [source.kind === 'files' ? 'Manifests:' : 'Cluster:', source.names.join(', ')],
    ...(leader === null ? [] : ([['Leader:', leader === '' ? '<nobody>' : leader]] satisfies [string, string][])),
    ['Gateways:', `${shareText(gateways)} programmed, with ${shareText(listeners)} listeners`],
    ['Routes:', `${shareText(routes)} accepted`],
    ['Backends:', `${shareText(clusters)} with a ready endpoint, ${shareText(endpoints)} endpoints ready`],
    ['Certificates:', expiryText(firstToExpire, nowMs)],
  ];
  return formatTable([], rows);
}

function shareText({ well, all }: Share): string {
  return `${well} of ${all}`;
}

function expiryText(first: StatusReport['firstToExpire'], nowMs: number): string {
  if (first === null) return '<none>';
  const hours = Math.floor((Date.parse(first.notAfter) - nowMs) / 3_600_000);
  if (hours < 0) return `${first.secret} has ended`;
  const left = hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
  return `the first to end, in ${left}: ${first.secret}`;
}

function troublesText({ troubles, healthy, replicas }: StatusReport, options: PageOptions): string {
  const { paint } = options;
  const { errors, warnings, shown } = troubles;
  if (errors + warnings === 0) {
    if (healthy) return `${paint('green', 'Healthy')}\n`;
    return `${paint('red', 'Not ready')}: ${lineText(replicas.map(({ note }) => note).join('; '))}\n`;
  }
  const told = shown.slice(0, MAX_TOLD);
  const left = errors + warnings - told.length;
  const head = `${healthy ? paint('green', 'Healthy') : paint('red', 'Unhealthy')}: ${countText(errors, 'error')}, ${countText(warnings, 'warning')}\n`;
  const more = left === 0 ? '' : `\n${left} more; -o json shows up to a hundred, daemun check and /findings all\n`;
  return `${head}${told.map(trouble => troubleText(trouble, options)).join('')}${more}`;
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function troubleText(trouble: Trouble, { paint, nowMs, commandOf }: PageOptions): string {
  const { severity, subject, message, since, next } = trouble;
  const age = since === null ? '' : `, for ${formatAge(since, nowMs)}`;
  const head = `${paint(severity === 'error' ? 'red' : 'yellow', severity)}: ${lineText(subject)}${age}`;
  return `\n${head}\n  ${lineText(message)}\n  ${paint('dim', lineText(commandOf(next)))}\n`;
}
