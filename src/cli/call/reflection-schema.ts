// SPDX-License-Identifier: Apache-2.0

import { create, fromBinary, type MessageInitShape, type Registry, toBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { type Client, type ClientDuplexStream, type Metadata, status } from '@grpc/grpc-js';
import {
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from '../../demo/index.ts';
import { registryOfFiles } from './file-order.ts';
import type { SchemaSource } from './schema-source.ts';

type Question = NonNullable<MessageInitShape<typeof ServerReflectionRequestSchema>['messageRequest']>;
type Answer = ServerReflectionResponse['messageResponse'];

const VERSIONS = ['v1', 'v1alpha'] as const;

/** Schemas from the server's reflection service: v1, or v1alpha where v1 is not implemented. */
export class ReflectionSchema implements SchemaSource {
  readonly #client: Client;
  readonly #metadata: Metadata;
  readonly #deadline: Date | undefined;
  readonly #files = new Map<string, FileDescriptorProto>();
  #version: (typeof VERSIONS)[number] | undefined;

  constructor(client: Client, metadata: Metadata, deadline: Date | undefined) {
    this.#client = client;
    this.#metadata = metadata;
    this.#deadline = deadline;
  }

  async services(): Promise<readonly string[]> {
    const answer = await this.#ask({ case: 'listServices', value: '*' });
    return answer.case === 'listServicesResponse' ? answer.value.service.map(service => service.name).sort() : [];
  }

  async registryFor(symbol: string): Promise<Registry | undefined> {
    const answer = await this.#ask({ case: 'fileContainingSymbol', value: symbol });
    if (answer.case !== 'fileDescriptorResponse') return undefined;
    this.#remember(answer.value.fileDescriptorProto);
    for (let missing = this.#missing(); missing !== undefined; missing = this.#missing()) await this.#fetch(missing);
    return registryOfFiles(this.#files.values());
  }

  /** The first import that is not there yet. */
  #missing(): string | undefined {
    const imports = [...this.#files.values()].flatMap(file => file.dependency);
    return imports.find(name => !this.#files.has(name));
  }

  async #fetch(name: string): Promise<void> {
    const answer = await this.#ask({ case: 'fileByFilename', value: name });
    if (answer.case === 'fileDescriptorResponse') this.#remember(answer.value.fileDescriptorProto);
    // A server that does not have its own import: an empty file lets what does not need it be used.
    if (!this.#files.has(name)) this.#files.set(name, create(FileDescriptorProtoSchema, { name, syntax: 'proto3' }));
  }

  #remember(files: readonly Uint8Array[]): void {
    for (const bytes of files) {
      const file = fromBinary(FileDescriptorProtoSchema, bytes);
      this.#files.set(file.name, file);
    }
  }

  async #ask(question: Question): Promise<Answer> {
    if (this.#version !== undefined) return this.#askVersion(this.#version, question);
    try {
      const answer = await this.#askVersion('v1', question);
      this.#version = 'v1';
      return answer;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === status.UNIMPLEMENTED)) throw error;
      const answer = await this.#askVersion('v1alpha', question);
      this.#version = 'v1alpha';
      return answer;
    }
  }

  /** One question on a stream of its own. Rejects with the ServiceError of grpc-js. */
  #askVersion(version: string, question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call: ClientDuplexStream<Question, ServerReflectionResponse> = this.#client.makeBidiStreamRequest(
        `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        (request: Question) =>
          Buffer.from(
            toBinary(ServerReflectionRequestSchema, create(ServerReflectionRequestSchema, { messageRequest: request })),
          ),
        (bytes: Buffer) => fromBinary(ServerReflectionResponseSchema, bytes),
        this.#metadata,
        this.#deadline === undefined ? {} : { deadline: this.#deadline },
      );
      call.on('data', (response: ServerReflectionResponse) => resolve(response.messageResponse));
      call.on('error', reject);
      call.on('end', () => reject(new Error('the reflection service ended without an answer')));
      call.write(question);
      call.end();
    });
  }
}
