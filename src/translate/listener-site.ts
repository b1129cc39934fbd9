// SPDX-License-Identifier: Apache-2.0

import type { Finding, FindingCode } from '../errors/index.ts';
import type { Gateway, GatewayListener } from '../resources/index.ts';
import { findingOf, type Report } from './report.ts';

/** An object that listeners are written in. */
export type ListenerOwner = Gateway;

/** Where a listener is written. */
export interface ListenerSite {
  readonly owner: ListenerOwner;
  /** In `spec.listeners` of `owner`. */
  readonly index: number;
  readonly spec: GatewayListener;
}

/** Unique among all listeners: `namespace/gateway/listener`. */
export function listenerId({ owner, spec }: ListenerSite): string {
  return `${owner.metadata.namespace}/${owner.metadata.name}/${spec.name}`;
}

/** The path of a field of the listener, in its owner. */
export function listenerPath({ index }: ListenerSite, ...rest: Path): Path {
  return ['spec', 'listeners', index, ...rest];
}

/** A finding about a listener; `report.path` leads on from the listener. */
export function listenerFinding(code: FindingCode, site: ListenerSite, report: Report): Finding {
  return findingOf(code, site.owner, { ...report, path: listenerPath(site, ...(report.path ?? [])) });
}

type Path = readonly (string | number)[];
