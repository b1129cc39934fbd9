// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Registry } from '@bufbuild/protobuf';
import protobuf from 'protobufjs';
import { fileFault } from '../../errors/index.ts';
import { couldNotRun } from '../exit-code.ts';
import { registryOfFiles } from './file-order.ts';
import { describeRoot } from './proto-descriptors.ts';
import type { SchemaSource } from './schema-source.ts';

/** Schemas from `.proto` files. */
export class ProtoSchema implements SchemaSource {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  async services(): Promise<readonly string[]> {
    return [...this.#registry].flatMap(type => (type.kind === 'service' ? [type.typeName] : [])).sort();
  }

  async registryFor(_symbol: string): Promise<Registry> {
    return this.#registry;
  }
}

/**
 * Parses files and what they import. Imports are looked up in `importPaths` (as `protoc -I` does; the current directory
 * when there are none), then beside the importing file. Exit code 3 when a file is missing or does not parse.
 */
export async function loadProtoFiles(files: readonly string[], importPaths: readonly string[]): Promise<ProtoSchema> {
  const folders = importPaths.length > 0 ? importPaths : ['.'];
  const paths = files.map(file => findFile(file, folders));
  const root = new protobuf.Root();
  const beside = root.resolvePath.bind(root);
  root.resolvePath = (origin, target) => inFolders(target, folders) ?? beside(origin, target);
  try {
    await root.load(paths, { keepCase: true });
    root.resolveAll();
    return new ProtoSchema(registryOfFiles(describeRoot(root)));
  } catch (error) {
    throw couldNotRun(`--proto ${files.join(' ')}: ${fileFault(error)}`);
  }
}

function findFile(file: string, folders: readonly string[]): string {
  const path = inFolders(file, folders) ?? (existsSync(file) ? file : undefined);
  if (path !== undefined) return resolve(path);
  throw couldNotRun(`--proto ${file}: no such file in ${folders.join(', ')}`, 'Name its folder with --import-path.');
}

/** protobufjs asks for paths synchronously. */
function inFolders(file: string, folders: readonly string[]): string | undefined {
  if (isAbsolute(file)) return existsSync(file) ? file : undefined;
  return folders.map(folder => join(folder, file)).find(path => existsSync(path));
}
