// SPDX-License-Identifier: Apache-2.0

import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_STATE_HOME/daemun`, else `~/.local/state/daemun` (XDG base directory specification). */
export function defaultStateDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const home = environment['XDG_STATE_HOME'];
  return home?.startsWith('/') === true ? join(home, 'daemun') : join(homedir(), '.local', 'state', 'daemun');
}
