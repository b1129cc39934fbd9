// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify, type ToStringOptions } from 'yaml';
import { openFileStore } from '../../src/store/index.ts';
import { systemClock } from '../../src/time/index.ts';
import type { Json } from './json.ts';

/** Else text such as `4_2` stands there plain, which kubectl reads as a number; and folding cuts emoji in two. */
const QUOTED: ToStringOptions = { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 };

/** Reads objects as `daemun check` does: from a file, through the store. */
export class FileReader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'agreement-'));
  #files = 0;

  /** The refusals of an object, as JSON and YAML by turns; '' when it is taken. */
  judgeObject(object: Json): Promise<string> {
    const isJson = this.#files % 2 === 0;
    return this.judgeText(isJson ? JSON.stringify(object) : stringify(object, QUOTED), isJson ? 'json' : 'yaml');
  }

  /** The refusals of what a file says, with their codes; '' when it is taken. Other errors than refusals show in it, too. */
  async judgeText(text: string, extension: 'json' | 'yaml'): Promise<string> {
    const path = join(this.#folder, `${this.#files}.${extension}`);
    this.#files += 1;
    writeFileSync(path, text);
    const store = openFileStore({ paths: [path], watch: false, clock: systemClock });
    await store.start();
    const errors = store.current().findings.filter(finding => finding.severity === 'error');
    await store.close();
    rmSync(path);
    return errors.map(({ code, path: place, message }) => `${code} ${place.join('.')}: ${message}`).join(' | ');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
