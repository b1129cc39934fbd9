// SPDX-License-Identifier: Apache-2.0

/** Makes docs/limits.md of the code's constants and limit-rows.ts. Run it to write the page: `node test/limits/limits-page.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readSourceFiles } from '../house/source-files.ts';
import { LIMIT_ROWS } from './limit-rows.ts';

export const LIMITS_PAGE = join(ROOT, 'docs/limits.md');

/** A number with a name in the code. */
export interface NamedNumber {
  /** `FILE#NAME`, as in limit-rows.ts. */
  readonly id: string;
  readonly value: number;
  /** Its doc comment, in one line. */
  readonly comment: string;
}

const COMMENT = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?/.source;
const CONSTANT = new RegExp(`${COMMENT}^(?:export )?const ([A-Z][A-Z0-9_]*)(?:: number)? = ([-\\d_ */+.()]+);`, 'gm');
const OBJECT = /^(?:export )?const ([A-Z][A-Z0-9_]*): (\w+) = \{([^;]*)\};/gm;

/** Every number that the code names. */
export function namedNumbers(): ReadonlyMap<string, NamedNumber> {
  const all = readSourceFiles().flatMap(({ path }) => {
    const file = path.slice('src/'.length, -'.ts'.length);
    const text = readFileSync(join(ROOT, path), 'utf8');
    const constants = [...text.matchAll(CONSTANT)].map(([, comment = '', name = '', sum = '']) => ({
      id: `${file}#${name}`,
      value: evaluate(sum),
      comment: oneLine(comment),
    }));
    return [...constants, ...[...text.matchAll(OBJECT)].flatMap(found => fieldsOf(file, text, found))];
  });
  return new Map(all.map(number => [number.id, number]));
}

/** The number that a row of limit-rows.ts means: files are renamed more often than numbers, so the folder is enough. */
export function numberOf(limit: string, numbers: ReadonlyMap<string, NamedNumber>): NamedNumber | undefined {
  const exact = numbers.get(limit);
  if (exact !== undefined) return exact;
  const [found, ...others] = [...numbers.values()].filter(({ id }) => withoutFile(id) === limit);
  return others.length === 0 ? found : undefined;
}

/** `cli/table#GAP` → `cli#GAP`. */
export function withoutFile(id: string): string {
  return id.replace(/\/[^/#]*#/, '#');
}

function fieldsOf(file: string, text: string, [, name = '', type = '', body = '']: RegExpExecArray): NamedNumber[] {
  const [, declaration = ''] = new RegExp(`interface ${type} \\{([\\s\\S]*?)\\n\\}`).exec(text) ?? [];
  return [...body.matchAll(/(\w+): ([\d_ *]+)(?:,|\s*$)/g)].map(([, field = '', sum = '']) => ({
    id: `${file}#${name}.${field}`,
    value: evaluate(sum),
    comment: oneLine(new RegExp(`${COMMENT}\\s*readonly ${field}:`).exec(declaration)?.[1] ?? ''),
  }));
}

/** Of a sum of numbers, as the code writes constants. */
function evaluate(sum: string): number {
  return Number(new Function(`return ${sum}`)());
}

function oneLine(comment: string): string {
  return comment
    .replaceAll(/\s*\n\s*\*?\s*/g, ' ')
    .replaceAll(/^[\s*]+| (?:Default|Over it:) [^.]*(?:\.\d[^.]*)?\.(?= |$)/g, '')
    .trim();
}

const INTRODUCTION = `# Limits

Every cap and timeout that a peer, a file or an operator can run into: its name in the code, its value, why it is so, and what happens over
it. The page is made of the constants themselves and [limit-rows.ts](../test/limits/limit-rows.ts) by \`node test/limits/limits-page.ts\`; a test keeps
it true, and fails for a limit that is missing here. None of them is an option unless its row says so. Limits of Kubernetes' own fields are not
listed: \`daemun check\` gives the API server's verdict.

The last column is the label \`limit\` of \`daemun_limit_hits_total\`, or a metric of its own; where it is empty, nothing counts it.
`;

/** The page's text. */
export function limitsPage(): string {
  const numbers = namedNumbers();
  const sections = Object.entries(LIMIT_ROWS).map(([title, rows]) => {
    const lines = rows.map(({ limit, over, why, metric }) => {
      const number = numberOf(limit, numbers);
      if (number === undefined) throw new Error(`${limit} in limit-rows.ts is no number in src, or several`);
      const [file = '', name = ''] = number.id.split('#');
      const link = `[${name.split('.').at(-1)}](../src/${file}.ts)`;
      return `| ${[link, amount(name, number.value), why ?? number.comment, over, code(metric)].join(' | ')} |\n`;
    });
    return `## ${title}\n\n| limit | value | why | over it | metric |\n| --- | --- | --- | --- | --- |\n${lines.join('')}`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function code(metric: string | undefined): string {
  return (metric ?? '')
    .split(/[,;] /)
    .filter(name => name !== '')
    .map(name => `\`${name}\``)
    .join(', ');
}

/** A value with the unit that its name tells. */
function amount(name: string, value: number): string {
  if (/(_MS|[a-z]Ms)$/.test(name)) return duration(value);
  if (/SECONDS$/.test(name)) return duration(value * 1000);
  if (/bytes$/i.test(name)) return bytes(value);
  return value.toLocaleString('en');
}

function duration(ms: number): string {
  if (ms >= 86_400_000 && ms % 86_400_000 === 0) return `${ms / 86_400_000} d`;
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}

function bytes(count: number): string {
  if (count >= 1_048_576 && count % 1_048_576 === 0) return `${count / 1_048_576} MiB`;
  return count >= 1024 && count % 1024 === 0 ? `${count / 1024} KiB` : `${count.toLocaleString('en')} bytes`;
}

if (import.meta.main) writeFileSync(LIMITS_PAGE, limitsPage());
