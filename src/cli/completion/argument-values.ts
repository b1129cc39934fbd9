// SPDX-License-Identifier: Apache-2.0

import { allCodes } from '../code-meaning.ts';
import { CONFIG_SECTIONS } from '../config-sections.ts';
import { DEFAULT_ADMIN } from '../default-admin.ts';
import type { Environment } from '../environment.ts';
import { findKinds, KINDS } from '../get/kinds.ts';
import { openSource } from '../open-source.ts';
import type { ResourceSource } from '../resource-source.ts';
import type { Terminal } from '../terminal.ts';
import { type AskedArgument, FILES } from './complete.ts';
import { SHELLS } from './scripts.ts';

/** Whoever presses TAB waits for it. */
const COMPLETION_TIMEOUT_MS = 1_000;

/** The values of an argument: of a list that is built in, of the manifests of `-f`, or of the running daemun. */
export async function argumentValues(asked: AskedArgument, terminal: Terminal): Promise<readonly string[]> {
  switch (asked.command) {
    case 'check':
      return [FILES];
    case 'get':
    case 'describe':
      return objectWords(asked, terminal);
    case 'proxy-config':
      return asked.before.length === 0 ? CONFIG_SECTIONS : [];
    case 'errors':
      return asked.before.length === 0 ? allCodes().map(({ code }) => code) : [];
    case 'completion':
      return asked.before.length === 0 ? SHELLS : [];
    case '--namespace':
      return namesOf(await sourceOf(asked, terminal), 'Namespace', () => true);
    case '--gateway':
      return (await (await sourceOf(asked, terminal)).list('Gateway')).map(
        ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
      );
    case '--log-level':
      return ['debug', 'info', 'warn', 'error', 'silent'];
    case '--log-format':
      return ['json', 'pretty'];
    default:
      return [];
  }
}

/** Kinds first, then names of that kind; `KIND/NAME` at any place. */
async function objectWords(asked: AskedArgument, terminal: Terminal): Promise<readonly string[]> {
  const { before, partial } = asked;
  const [kindText = ''] = partial.includes('/') ? partial.split('/') : before;
  if (!partial.includes('/') && before.length === 0) {
    return ['all', ...KINDS.flatMap(({ plural, shortNames }) => [plural, ...shortNames])];
  }
  const [kind] = findKinds(kindText.includes('/') ? (kindText.split('/')[0] ?? '') : kindText);
  if (kind === undefined) return [];
  const isEverywhere = asked.flags.has('--all-namespaces') || !kind.isNamespaced;
  const namespace = lastOf(asked, '--namespace') ?? namespaceOf(terminal.environment);
  const names = await namesOf(
    await sourceOf(asked, terminal),
    kind.kind,
    metadata => isEverywhere || metadata.namespace === namespace,
  );
  const isSlashed = partial.includes('/') || before.some(word => word.includes('/'));
  return isSlashed
    ? names.map(name => `${kindText.split('/')[0]}/${name}`)
    : names.filter(name => !before.slice(1).includes(name));
}

function namespaceOf(environment: Environment): string {
  return environment['DAEMUN_NAMESPACE'] || 'default';
}

async function namesOf(
  source: ResourceSource,
  kind: string,
  isWanted: (metadata: { readonly namespace: string }) => boolean,
): Promise<readonly string[]> {
  return (await source.list(kind)).filter(({ metadata }) => isWanted(metadata)).map(({ metadata }) => metadata.name);
}

function sourceOf(asked: AskedArgument, terminal: Terminal): Promise<ResourceSource> {
  const filename = asked.flags.get('--filename');
  const admin = lastOf(asked, '--admin') ?? (terminal.environment['DAEMUN_ADMIN'] || DEFAULT_ADMIN);
  return openSource(
    { admin, answerTimeoutMs: COMPLETION_TIMEOUT_MS, ...(filename === undefined ? {} : { filename }) },
    terminal,
  );
}

function lastOf({ flags }: AskedArgument, flag: string): string | undefined {
  return flags.get(flag)?.at(-1);
}
