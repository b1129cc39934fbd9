// SPDX-License-Identifier: Apache-2.0
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricFamily, MetricSample } from './metric-family.ts';

/** The content type of the Prometheus text format. */
export const expositionType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Default metrics of prom-client whose names promtool refuses: gauges that end in `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** CPU, memory, file descriptors, event loop of the main thread, garbage collection; collected from now on. */
export function createProcessRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}

/** The families in the text format, sorted by name. */
export function formatMetrics(families: readonly MetricFamily[]): string {
  const sorted = [...families].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return sorted.map(formatFamily).join('');
}

function formatFamily(family: MetricFamily): string {
  const head = `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`;
  return head + family.samples.map(sample => formatSample(family.name, sample)).join('');
}

function formatSample(name: string, { labels, value }: MetricSample): string {
  if (typeof value === 'number') return `${name}${formatLabels(labels)} ${formatNumber(value)}\n`;
  const { bounds, buckets, sum, count } = value;
  const lines = bounds.map((bound, index) => bucketLine(name, labels, String(bound), buckets[index] ?? 0));
  lines.push(bucketLine(name, labels, '+Inf', count));
  lines.push(`${name}_sum${formatLabels(labels)} ${formatNumber(sum)}\n`);
  lines.push(`${name}_count${formatLabels(labels)} ${count}\n`);
  return lines.join('');
}

function bucketLine(name: string, labels: Readonly<Record<string, string>>, le: string, count: number): string {
  return `${name}_bucket${formatLabels({ ...labels, le })} ${count}\n`;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
