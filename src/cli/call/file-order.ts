// SPDX-License-Identifier: Apache-2.0

import { create, createFileRegistry, type FileRegistry } from '@bufbuild/protobuf';
import { type DescriptorProto, type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/**
 * A registry of files in any order: what a file imports must come before it. Imports that are missing are left out.
 * JSON names that a compiler did not write down are filled in, in the files themselves.
 */
export function registryOfFiles(files: Iterable<FileDescriptorProto>): FileRegistry {
  const byName = new Map<string, FileDescriptorProto>();
  for (const file of files) {
    byName.set(file.name, file);
    file.messageType.forEach(fillJsonNames);
  }
  const ordered = new Set<FileDescriptorProto>();
  const place = (file: FileDescriptorProto, trail: ReadonlySet<string>): void => {
    if (ordered.has(file) || trail.has(file.name)) return;
    for (const name of file.dependency) {
      const dependency = byName.get(name);
      if (dependency !== undefined) place(dependency, new Set([...trail, file.name]));
    }
    ordered.add(file);
  };
  for (const file of byName.values()) place(file, new Set());
  return createFileRegistry(create(FileDescriptorSetSchema, { file: [...ordered] }));
}

function fillJsonNames(message: DescriptorProto): void {
  for (const field of message.field) {
    if (field.jsonName === '') field.jsonName = jsonName(field.name);
  }
  message.nestedType.forEach(fillJsonNames);
}

/** `user_id` → `userId`, as protoc does it. */
function jsonName(name: string): string {
  return name.replaceAll(/_+(.?)/g, (_, next: string) => next.toUpperCase());
}
