// SPDX-License-Identifier: Apache-2.0

import type { DescFile, MessageInitShape, Registry } from '@bufbuild/protobuf';
import { createRegistry, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { type GrpcMethod, typedMethod } from './grpc/grpc-method.ts';
import {
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from './proto/grpc/reflection/v1/reflection_pb.ts';

type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse']>;

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** `grpc.reflection.v1` and `v1alpha` (the same messages on the wire) for the services that `files` declare. */
export function reflectionMethods(files: readonly DescFile[]): readonly (readonly [string, GrpcMethod])[] {
  const registry = createRegistry(...files);
  const types = { input: ServerReflectionRequestSchema, output: ServerReflectionResponseSchema };
  const method = typedMethod(types, async function* info(requests) {
    for await (const request of requests) {
      yield { validHost: request.host, originalRequest: request, messageResponse: answer(request, files, registry) };
    }
  });
  return [
    ['/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', method],
    ['/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', method],
  ];
}

function answer(request: ServerReflectionRequest, files: readonly DescFile[], registry: Registry): Answer {
  const asked = request.messageRequest;
  switch (asked.case) {
    case 'listServices':
      return { case: 'listServicesResponse', value: { service: serviceNames(files).map(name => ({ name })) } };
    case 'fileByFilename':
      return fileAnswer(
        files.find(file => file.proto.name === asked.value),
        `file ${asked.value}`,
      );
    case 'fileContainingSymbol':
      return fileAnswer(fileOfSymbol(asked.value, registry), `symbol ${asked.value}`);
    case 'allExtensionNumbersOfType':
      if (registry.getMessage(asked.value) === undefined) return errorAnswer(NOT_FOUND, `no type ${asked.value}`);
      return { case: 'allExtensionNumbersResponse', value: { baseTypeName: asked.value } };
    case 'fileContainingExtension':
      return errorAnswer(NOT_FOUND, 'the demo services have no extensions');
    default:
      return errorAnswer(UNIMPLEMENTED, 'this reflection request is not known');
  }
}

function serviceNames(files: readonly DescFile[]): string[] {
  return files.flatMap(file => file.services.map(service => service.typeName)).sort();
}

/** The file that declares a message, enum, service or method. */
function fileOfSymbol(symbol: string, registry: Registry): DescFile | undefined {
  const declared = registry.get(symbol);
  if (declared !== undefined) return declared.file;
  const dot = symbol.lastIndexOf('.');
  const service = registry.getService(symbol.slice(0, Math.max(dot, 0)));
  return service?.methods.some(method => method.name === symbol.slice(dot + 1)) === true ? service.file : undefined;
}

function fileAnswer(file: DescFile | undefined, what: string): Answer {
  if (file === undefined) return errorAnswer(NOT_FOUND, `no ${what}`);
  return {
    case: 'fileDescriptorResponse',
    value: { fileDescriptorProto: [toBinary(FileDescriptorProtoSchema, file.proto)] },
  };
}

function errorAnswer(errorCode: number, errorMessage: string): Answer {
  return { case: 'errorResponse', value: { errorCode, errorMessage } };
}
