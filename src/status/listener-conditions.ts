// SPDX-License-Identifier: Apache-2.0

import type { ListenerOutcome } from '../translate/index.ts';
import { problemMessage, type Verdict } from './condition.ts';

/** Accepted=True/Accepted. `note`: where it is bound, when not where the Gateway says. */
export function listenerAccepted(note: string): Verdict {
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message: withNote('The listener is valid', note) };
}

/** Accepted=False/UnsupportedProtocol, UnsupportedValue, PortUnavailable, HostnameConflict or ProtocolConflict. */
export function listenerNotAccepted(problem: NonNullable<ListenerOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** Programmed=True/Programmed. */
export function listenerProgrammed(note: string): Verdict {
  return {
    type: 'Programmed',
    status: 'True',
    reason: 'Programmed',
    message: withNote('The listener takes traffic', note),
  };
}

/** Programmed=False/Invalid, PortUnavailable or the reason of a conflict. */
export function listenerNotProgrammed(problem: NonNullable<ListenerOutcome['programmed']>): Verdict {
  return { type: 'Programmed', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** ResolvedRefs=True/ResolvedRefs. */
export function listenerRefsResolved(): Verdict {
  return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references are resolved' };
}

/** ResolvedRefs=False/InvalidCertificateRef, RefNotPermitted or InvalidRouteKinds. */
export function listenerRefsNotResolved(problem: NonNullable<ListenerOutcome['resolvedRefs']>): Verdict {
  return { type: 'ResolvedRefs', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** Conflicted=False/NoConflicts. */
export function listenerNotConflicted(): Verdict {
  return { type: 'Conflicted', status: 'False', reason: 'NoConflicts', message: 'No other listener has its place' };
}

/** Conflicted=True/HostnameConflict or ProtocolConflict. */
export function listenerConflicted(problem: NonNullable<ListenerOutcome['conflicted']>): Verdict {
  return { type: 'Conflicted', status: 'True', reason: problem.reason, message: problemMessage(problem) };
}

/** OverlappingTLSConfig=True/OverlappingHostnames or OverlappingCertificates. It is written only when it is true. */
export function listenerOverlapping(problem: NonNullable<ListenerOutcome['overlapping']>): Verdict {
  return { type: 'OverlappingTLSConfig', status: 'True', reason: problem.reason, message: problemMessage(problem) };
}

function withNote(message: string, note: string): string {
  return note === '' ? message : `${message}. ${note}`;
}
