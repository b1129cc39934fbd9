// SPDX-License-Identifier: Apache-2.0
import type { HistogramValue, MetricFamily, MetricSample } from './metric-family.ts';

/** The content type of the Prometheus text format. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A part of the text is about this long. */
const PART_LENGTH = 131_072;
/** Written once per label set: the same object comes with every scrape. */
const LABEL_TEXTS = new WeakMap<MetricSample['labels'], string>();

/**
 * The families in the text format, sorted by name; in parts, so that no scrape holds the thread for long. A family is read
 * when its turn comes: `…_handled_total` before `…_started_total`, so that what was started is never less.
 */
export function* formatMetrics(families: readonly MetricFamily[]): Generator<string> {
  const sorted = [...families].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  let part = '';
  for (const family of sorted) {
    const { name, help, type, samples } = family;
    part += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const sample of samples) {
      part += formatSample(name, sample);
      if (part.length < PART_LENGTH) continue;
      yield part;
      part = '';
    }
  }
  if (part !== '') yield part;
}

function formatSample(name: string, { labels, value }: MetricSample): string {
  const text = labelText(labels);
  const braces = text === '' ? '' : `{${text}}`;
  if (typeof value === 'number') return `${name}${braces} ${formatNumber(value)}\n`;
  const { sum, count } = value;
  return `${bucketLines(name, text, value)}${name}_sum${braces} ${formatNumber(sum)}\n${name}_count${braces} ${count}\n`;
}

function bucketLines(name: string, text: string, { bounds, buckets, count }: HistogramValue): string {
  const start = `${name}_bucket{${text === '' ? '' : `${text},`}le="`;
  let lines = '';
  for (let at = 0; at < bounds.length; at++) lines += `${start}${bounds[at]}"} ${buckets[at] ?? 0}\n`;
  return `${lines}${start}+Inf"} ${count}\n`;
}

function labelText(labels: MetricSample['labels']): string {
  let text = LABEL_TEXTS.get(labels);
  if (text === undefined) {
    text = Object.entries(labels)
      .map(([key, value]) => `${key}="${escapeLabel(value)}"`)
      .join(',');
    LABEL_TEXTS.set(labels, text);
  }
  return text;
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
