// SPDX-License-Identifier: Apache-2.0

/** `$XDG_STATE_HOME/daemun`, else `.local/state/daemun` in `home` (XDG base directory specification). */
export function defaultStateDirectory(environment: Readonly<Record<string, string | undefined>>, home: string): string {
  const state = environment['XDG_STATE_HOME'];
  return state?.startsWith('/') === true ? `${state}/daemun` : `${home}/.local/state/daemun`;
}
