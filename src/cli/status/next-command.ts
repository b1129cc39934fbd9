// SPDX-License-Identifier: Apache-2.0

import { DEFAULT_ADMIN } from '../default-admin.ts';
import { isCluster } from '../open-source.ts';
import type { ClusterOptions } from '../resource-source.ts';
import { shellWord } from '../shell-word.ts';

/** Where `status` asked. */
export interface AskedPlace extends ClusterOptions {
  readonly admin: string;
}

/** A command of ours as it is typed here to ask the same place; any other one as it is. `program`: how this program is called. */
export function nextCommand(next: string, place: AskedPlace, program: string): string {
  const [, rest] = /^daemun (.*)$/s.exec(next) ?? [];
  return rest === undefined ? next : [program, rest, ...flagsOf(place)].join(' ');
}

function flagsOf(place: AskedPlace): string[] {
  const { admin, kubeconfig, context, controllerName } = place;
  if (!isCluster(place)) return admin === DEFAULT_ADMIN ? [] : ['--admin', shellWord(admin)];
  const named = [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', shellWord(kubeconfig)]),
    ...(context === undefined ? [] : ['--context', shellWord(context)]),
  ];
  const controller = controllerName === undefined ? [] : ['--controller-name', shellWord(controllerName)];
  return [...(named.length === 0 ? ['--kubernetes'] : named), ...controller];
}
