// SPDX-License-Identifier: Apache-2.0

/** Makes docs/errors.md of the catalogues. Run it to write the page: `node test/errors/errors-page.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CATALOGUE,
  type CatalogueEntry,
  type FindingCode,
  PROGRAM_ERRORS,
  REQUEST_FAILURES,
} from '../../src/errors/index.ts';
import { SCHEMA_CODES } from '../../src/resources/index.ts';

export const ERRORS_PAGE = join(import.meta.dirname, '../../docs/errors.md');

/** Of each area of the catalogue: what precedes the slash of its codes. */
type Area = FindingCode extends infer Code ? (Code extends `${infer Name}/${string}` ? Name : never) : never;

const HEADINGS: Readonly<Record<Area, string>> = {
  store: 'Reading files (`store/…`)',
  resource: 'Objects of any kind (`resource/…`)',
  'gateway-class': 'GatewayClasses (`gateway-class/…`)',
  gateway: 'Gateways and listeners (`gateway/…`)',
  'listener-set': 'ListenerSets (`listener-set/…`)',
  route: 'Routes (`route/…`)',
  backend: 'Backends (`backend/…`)',
  mesh: 'Ports of Services that are routed (`mesh/…`)',
  policy: 'Policies (`policy/…`)',
  trust: 'Certificates of authorities (`trust/…`)',
  annotation: 'Annotations (`annotation/…`)',
  status: 'Statuses (`status/…`)',
  lint: 'Valid, but probably not meant (`lint/…`)',
  demo: 'What `--demo` puts in place (`demo/…`)',
};

const INTRODUCTION = `# Errors and findings

Everything daemun has to say about your manifests is a *finding*: a stable code, a severity, the object, the place in the
file, what is wrong and what to do. \`daemun check\` lists them, conditions in \`status\` and log lines show the same ones. Only
findings of severity *error* make \`daemun check\` exit with 1.

This page is made of the catalogues in [src/errors](../src/errors/index.ts) and
[src/resources/schema-codes.ts](../src/resources/schema-codes.ts) by \`node test/errors/errors-page.ts\`; a test keeps it true.
`;

/** The page's text. */
export function errorsPage(): string {
  const entries: readonly (readonly [string, CatalogueEntry])[] = Object.entries(CATALOGUE);
  const sections = Object.entries(HEADINGS).map(([area, heading]) => {
    const rows = entries.filter(([code]) => code.startsWith(`${area}/`));
    const cells = rows.map(([code, { severity, summary, help }]) => [`\`${code}\``, severity, summary, help]);
    return `## ${heading}\n\n${table(['code', 'severity', 'what is the case', 'what to do'], cells)}`;
  });
  return [INTRODUCTION, schemaSection(), ...sections, requestSection(), programSection()].join('\n');
}

function schemaSection(): string {
  const rows = Object.entries(SCHEMA_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return `## Objects that an API server would refuse (\`schema/…\`)

All are errors. The object is not used; a version of it from before the change stays in use (\`store/kept-object\`). The
finding itself says what to write instead.

${table(['code', 'what is the case'], rows)}`;
}

function requestSection(): string {
  const rows = Object.entries(REQUEST_FAILURES).map(([reason, failure]) => [
    `\`${reason}\``,
    failure.source,
    String(failure.httpStatus),
    String(failure.grpcStatus),
    failure.summary,
    failure.help,
  ]);
  return `## Requests that an endpoint did not answer

The \`reason\` of access log lines and metrics. A gRPC client gets the gRPC status with HTTP 200 and a \`grpc-message\`; 421 alone
is told to every client as it is.

${table(['reason', 'whose doing', 'HTTP', 'gRPC', 'what is the case', 'what to do'], rows)}`;
}

function programSection(): string {
  const rows = Object.entries(PROGRAM_ERRORS).map(([code, { summary, help }]) => [`\`${code}\``, summary, help]);
  return `## Errors of the program (\`DaemunError\`)\n\n${table(['code', 'what is the case', 'what to do'], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

if (import.meta.main) writeFileSync(ERRORS_PAGE, errorsPage());
