// SPDX-License-Identifier: Apache-2.0
import type { ConfigDump, LocatedFinding, ResourceObject } from '../../controller/index.ts';
import { EXIT } from '../exit-code.ts';
import { formatPlace } from '../finding-text.ts';
import { writeMissing } from '../missing-name.ts';
import { type Paint, paintFor } from '../paint.ts';
import { routedPortsText } from '../routed-ports.ts';
import { formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { type Asked, type SelectionOptions, selectObjects } from './get-selection.ts';
import { fieldsBeyondMetadata } from './kubectl-object.ts';
import { formatFields } from './labelled-fields.ts';

/** `describe KIND [NAME…]`: each object in full, with its findings where kubectl has events. */
export async function runDescribe(asked: Asked, options: SelectionOptions, terminal: Terminal): Promise<number> {
  const { found, missing, source } = await selectObjects(asked, options, terminal);
  const objects = found.flatMap(one => one.objects);
  if (objects.length === 0 && missing.length === 0) {
    terminal.err(
      options.allNamespaces === true
        ? 'No resources found\n'
        : `No resources found in ${options.namespace} namespace.\n`,
    );
    return EXIT.ok;
  }
  const findings = await source.findings();
  const hasService = objects.some(({ kind }) => kind === 'Service');
  const told = { findings, routed: hasService ? await source.config() : { bindings: [] }, paint: paintFor(terminal) };
  terminal.out(objects.map(object => describeObject(object, told)).join('\n\n'));
  await writeMissing(missing, source, terminal);
  return missing.length === 0 ? EXIT.ok : EXIT.refused;
}

interface Told {
  readonly findings: readonly LocatedFinding[];
  readonly routed: Pick<ConfigDump, 'bindings'>;
  readonly paint: Paint;
}

function describeObject(object: ResourceObject, { findings, routed, paint }: Told): string {
  const { name, namespace, labels, annotations, ...metadata } = object.metadata;
  const head: [string, string][] = [
    ['Name:', name],
    ...(namespace === '' ? [] : ([['Namespace:', namespace]] satisfies [string, string][])),
    ...pairLines('Labels:', labels),
    ...pairLines('Annotations:', annotations),
    ['API Version:', object.apiVersion],
    ['Kind:', object.kind],
  ];
  const rest = Object.fromEntries([['metadata', metadata], ...fieldsBeyondMetadata(object)]);
  return `${formatTable([], head)}${formatFields(rest)}${routedPortsText(object, routed)}${findingsText(object, findings, paint)}`;
}

function pairLines(title: string, value: unknown): [string, string][] {
  const pairs = Object.entries(typeof value === 'object' && value !== null ? value : {});
  if (pairs.length === 0) return [[title, '<none>']];
  return pairs.map(([key, text], index) => [index === 0 ? title : '', `${key}=${text}`]);
}

function findingsText(object: ResourceObject, findings: readonly LocatedFinding[], paint: Paint): string {
  const own = findings.filter(({ resource }) => isAbout(resource, object));
  if (own.length === 0) return 'Findings:  <none>\n';
  const rows = own.map(finding => [
    paint(finding.severity === 'error' ? 'red' : finding.severity === 'warning' ? 'yellow' : 'dim', finding.severity),
    finding.code,
    formatPlace(finding) || '<none>',
    finding.help === '' ? finding.message : `${finding.message}; ${finding.help}`,
  ]);
  const header = ['Severity', 'Code', 'Place', 'Message'];
  return `Findings:\n${formatTable([...header], [header.map(title => '-'.repeat(title.length)), ...rows], '  ')}`;
}

function isAbout(resource: LocatedFinding['resource'], object: ResourceObject): boolean {
  if (resource === null || resource.kind !== object.kind) return false;
  return resource.name === object.metadata.name && resource.namespace === object.metadata.namespace;
}
