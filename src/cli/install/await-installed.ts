// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '../../errors/index.ts';
import { type KubeClient, KubeUnreachable } from '../../store/index.ts';
import { systemClock } from '../../time/index.ts';
import { formatDuration } from '../../values/index.ts';
import { CommandFailure, EXIT } from '../exit-code.ts';
import { lineText } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import { type Manifest, nameOf, pathOf } from './apply-objects.ts';
import { AWAITED, type AwaitedKind, type Progress, progressOf } from './rollout.ts';
import { whyStuck } from './stuck-pods.ts';

/** How often the cluster is asked. */
const EVERY_MS = 1_000;

interface Awaited {
  readonly kind: AwaitedKind;
  readonly manifest: Manifest;
  readonly path: string;
}

/**
 * Resolves when the Pods of these manifests are ready, none of before is left, and the GatewayClass is accepted; says what it waits for,
 * when that changes. After `waitMs` a command failure, once it is told what is stuck and why.
 */
export async function awaitInstalled(
  client: KubeClient,
  manifests: readonly Manifest[],
  { waitMs, terminal }: { readonly waitMs: number; readonly terminal: Terminal },
): Promise<void> {
  const endMs = systemClock.nowMs() + waitMs;
  const awaited = manifests.flatMap(awaitedOf);
  const told = new Map<Awaited, string>();
  const tell = (one: Awaited, { text }: Progress): void => {
    if (told.get(one) === text) return;
    told.set(one, text);
    terminal.out(`${lineText(`${nameOf(one.manifest)}: ${text}`)}\n`);
  };
  for (;;) {
    const left: Awaited[] = [];
    for (const one of awaited) {
      const progress = await look(client, one);
      tell(one, progress);
      if (!progress.isDone) left.push(one);
    }
    if (left.length === 0) return;
    if (systemClock.nowMs() >= endMs) throw await stuck(client, left, { waitMs, terminal });
    await terminal.pause(EVERY_MS);
  }
}

function awaitedOf(manifest: Manifest): Awaited[] {
  const { kind } = manifest;
  if (!isAwaited(kind)) return [];
  return [{ kind, manifest, path: pathOf(manifest, AWAITED[kind]) }];
}

function isAwaited(kind: string): kind is AwaitedKind {
  return kind in AWAITED;
}

/** An API server that does not answer may be one that is being upgraded: it is asked again. */
async function look(client: KubeClient, { kind, path }: Awaited): Promise<Progress> {
  const answer = await client.request({ method: 'GET', path }).catch(notReached);
  if (answer instanceof KubeUnreachable) return { isDone: false, text: `it cannot be read: ${answer.message}` };
  const { status, json } = answer;
  if (status === 200) return progressOf(kind, json);
  return { isDone: false, text: status === 404 ? 'it is gone' : `it cannot be read: ${status}` };
}

function notReached(error: unknown): KubeUnreachable {
  if (error instanceof KubeUnreachable) return error;
  throw error;
}

async function stuck(
  client: KubeClient,
  left: readonly Awaited[],
  { waitMs, terminal }: { readonly waitMs: number; readonly terminal: Terminal },
): Promise<CommandFailure> {
  for (const { kind, manifest } of left) {
    const { namespace, name } = manifest.metadata;
    const labels = manifest.spec?.selector?.matchLabels;
    if (namespace === undefined || labels === undefined) continue;
    const lines = await whyStuck(client, { kind, namespace, name, labels }).catch(error => [messageOf(error)]);
    terminal.err(`${lineText(nameOf(manifest))} is stuck\n${lines.map(line => `  ${lineText(line)}\n`).join('')}`);
  }
  const [first] = left;
  const { namespace, name } = first?.manifest.metadata ?? { name: '' };
  const place = namespace === undefined ? '' : `--namespace ${namespace} `;
  return new CommandFailure(
    EXIT.refused,
    `after ${formatDuration(waitMs)} not all of it serves: ${left.map(({ manifest }) => nameOf(manifest)).join(', ')}`,
    `What was applied stays. See: kubectl ${place}describe ${first?.kind.toLowerCase()} ${name}`,
  );
}
