// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { HeadMemory } from './head-memory.ts';
import type { Http1Limits } from './limits.ts';
import type { SectionReader } from './section-reader.ts';

/** Who reads trailers. */
export interface TrailerOwner {
  readonly memory: HeadMemory;
  readonly limits: Http1Limits;
  /** A field of this name makes the message malformed. */
  barsTrailer(name: string): boolean;
}

/** The trailers in `section`, which begins with the end of the line before them; null: they are none. Fields that vary are left with the builder. */
export function trailerList(section: SectionReader, owner: TrailerOwner): HeaderList | null {
  const { section: fields, builder } = owner.memory;
  const result = fields.read(section.buffer, section.start + 2, section.end, owner.limits.maxHeaderFields);
  section.forget();
  if (result !== 'read') return null;
  if (fields.names.some(name => owner.barsTrailer(name))) return null;
  builder.begin(null);
  for (let at = 0; at < fields.names.length; at++) {
    builder.add(fields.names[at] as string, fields.values[at] as string);
  }
  return builder.list();
}
