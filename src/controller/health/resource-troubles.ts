// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { type BrokenCondition, brokenConditions, ourControllers } from '../../status/index.ts';
import { ASIDE_REASONS, expiryOf } from '../../translate/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { type Trouble, timeText } from '../shown/trouble.ts';
import type { View } from '../shown/view.ts';

/** What of the resources is not served, by their conditions and certificates. */
export function resourceTroubles(
  view: Pick<View, 'statuses' | 'translation' | 'resources' | 'published' | 'findings'>,
  nowMs: number,
): Trouble[] {
  const ours = ourControllers(view.translation.outcomes, view.resources);
  const aside = new Set(view.translation.setAside.map(({ finding }) => keyOf(finding)));
  // What was set aside says so in its conditions too, where it has any.
  const broken = brokenConditions(view.statuses, name => ours.has(name)).filter(
    ({ key, condition: { type, reason } }) => !(aside.has(key) && ASIDE_REASONS.get(type)?.includes(reason)),
  );
  return [...faultTroubles(view), ...broken.map(conditionTrouble), ...certificateTroubles(view, nowMs)];
}

/** As `BrokenCondition.key`; '' without an object. */
function keyOf({ resource }: Finding): string {
  return resource === undefined ? '' : `${resource.kind}/${formatNamespacedName(resource)}`;
}

/** Objects that broke us, with a status or without one. */
function faultTroubles({ translation, findings }: Pick<View, 'translation' | 'findings'>): Trouble[] {
  const aside = translation.setAside.map(({ finding, sinceMs }) => faultTrouble(finding, timeText(sinceMs)));
  const unsaid = findings.filter(({ code }) => code === 'status/broken');
  return [...aside, ...unsaid.map(finding => faultTrouble(finding, null))];
}

function faultTrouble({ resource, message }: Finding, since: string | null): Trouble {
  const subject = resource === undefined ? 'configuration' : `${resource.kind} ${formatNamespacedName(resource)}`;
  return { severity: 'error', of: 'resources', subject, message, since, next: 'daemun bundle' };
}

function conditionTrouble({ key, part, severity, condition }: BrokenCondition): Trouble {
  const [kind = '', ...names] = key.split('/');
  const { type, status, reason, message, lastTransitionTime } = condition;
  return {
    severity,
    of: 'resources',
    subject: `${kind} ${names.join('/')}${part === '' ? '' : `, ${part}`}`,
    message: `${type}=${status} (${reason}): ${message}`,
    since: lastTransitionTime,
    next: describeCommand(kind, names),
  };
}

function describeCommand(kind: string, names: readonly string[]): string {
  const [first = '', second] = names;
  const place = second === undefined ? first : `${second} -n ${first}`;
  return `daemun describe ${kind.toLowerCase()} ${place}`;
}

function certificateTroubles({ published }: Pick<View, 'published'>, nowMs: number): Trouble[] {
  const ending = published.certificates.filter(({ notAfterMs }) => expiryOf(notAfterMs, nowMs).state !== 'later');
  return ending.map(({ id, notAfterMs }) => {
    const secret = secretOf(id);
    const hasEnded = notAfterMs <= nowMs;
    return {
      severity: hasEnded ? 'error' : 'warning',
      of: 'resources',
      subject: `Secret ${secret}`,
      message: `its certificate ${hasEnded ? 'ended' : 'ends'} at ${timeText(notAfterMs)}; see whether what renews it did so`,
      since: hasEnded ? timeText(notAfterMs) : null,
      next: 'daemun proxy-config secret',
    };
  });
}

/** `namespace/name` of the Secret of a certificate's id. */
export function secretOf(id: string): string {
  return id.slice(0, id.lastIndexOf('@'));
}
