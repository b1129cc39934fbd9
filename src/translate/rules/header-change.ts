// SPDX-License-Identifier: Apache-2.0

import type { HeaderModifier } from '../../resources/index.ts';
import type { HeaderChange, HeaderField } from '../../snapshot/index.ts';
import { isConnectionField } from '../../values/index.ts';

/** A change as the data plane takes it, and the names that were left out because no filter may change them. */
export interface CompiledChange {
  readonly change: HeaderChange;
  readonly refused: readonly string[];
  /** Names whose value cannot be sent in a header field. */
  readonly unsendable: readonly string[];
}

/** Lower-cases names; of several entries for one name the first counts (HTTPHeaderFilter). */
export function compileHeaderChange(modifier: HeaderModifier): CompiledChange {
  const refused: string[] = [];
  const unsendable: string[] = [];
  const isRefused = (name: string): boolean => {
    if (!isConnectionField(name)) return false;
    refused.push(name);
    return true;
  };
  const fields = (written: HeaderModifier['set']): readonly HeaderField[] => {
    const kept = new Map<string, HeaderField>();
    for (const { name: writtenName, value } of written ?? []) {
      const name = writtenName.toLowerCase();
      if (kept.has(name) || isRefused(name)) continue;
      if (isSendable(value)) kept.set(name, { name, value });
      else unsendable.push(name);
    }
    return [...kept.values()];
  };
  const removed = [...new Set((modifier.remove ?? []).map(name => name.toLowerCase()))];
  const change = {
    set: fields(modifier.set),
    add: fields(modifier.add),
    remove: removed.filter(name => !isRefused(name)),
  };
  return { change, refused, unsendable };
}

/** Control characters would let a value break out of its field (RFC 9110 §5.5). */
function isSendable(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if ((unit < 0x20 && unit !== 0x09) || unit === 0x7f) return false;
  }
  return true;
}
