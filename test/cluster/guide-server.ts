// SPDX-License-Identifier: Apache-2.0

/**
 * What Pods of the guides run: the services that guides call without showing a program of theirs, with server reflection, which their calls take for granted. `node FILE PORT PROTO…`,
 * where the first PROTO is that of reflection. Any method is answered with the fields of its request, and with a version where the answer has further text.
 */
import { hostname } from 'node:os';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { type AnyDefinition, loadSync, type ServiceDefinition } from '@grpc/proto-loader';

const VERSION = 'v1.0';
const NOT_FOUND = { error_code: 5, error_message: 'there is none' };

type Message = Readonly<Record<string, unknown>>;
interface ReflectionRequest extends Message {
  readonly list_services?: string;
  readonly file_containing_symbol?: string;
}
/** What one .proto file declares. */
interface Declared {
  readonly services: readonly (readonly [name: string, service: ServiceDefinition])[];
  readonly files: readonly Buffer[];
}

const [, , port = '', reflection = '', ...protos] = process.argv;
const guides = protos.map(declaredIn);
const server = new Server();
for (const [, service] of declaredIn(reflection).services)
  server.addService(service, { ServerReflectionInfo: reflect, serverReflectionInfo: reflect });
for (const [, service] of guides.flatMap(({ services }) => services))
  server.addService(
    service,
    Object.fromEntries(Object.entries(service).map(([name, method]) => [name, answerer(method)])),
  );
server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), error => {
  if (error !== null) throw error;
});

function declaredIn(proto: string): Declared {
  const services: [string, ServiceDefinition][] = [];
  const files = new Map<string, Buffer>();
  for (const [name, definition] of Object.entries(loadSync(proto, { keepCase: true }))) {
    if (isService(definition)) services.push([name, definition]);
    else for (const file of definition.fileDescriptorProtos as Buffer[]) files.set(file.toString('latin1'), file);
  }
  return { services, files: [...files.values()] };
}

function isService(definition: AnyDefinition): definition is ServiceDefinition {
  return !('format' in definition);
}

function answerer({ responseType }: ServiceDefinition[string]) {
  const { field: fields } = responseType.type as { field: readonly { name: string; type: string }[] };
  const texts = fields.filter(({ type }) => type === 'TYPE_STRING').map(({ name }) => [name, VERSION]);
  return (call: ServerUnaryCall<Message, Message>, done: sendUnaryData<Message>): void => {
    const metadata = new Metadata();
    metadata.set('hostname', hostname());
    call.sendMetadata(metadata);
    done(null, { ...Object.fromEntries(texts), ...call.request });
  };
}

function reflect(call: ServerDuplexStream<ReflectionRequest, Message>): void {
  call.on('data', (request: ReflectionRequest) => call.write({ original_request: request, ...reflected(request) }));
  call.on('end', () => call.end());
}

function reflected({ list_services: list, file_containing_symbol: symbol = '' }: ReflectionRequest): Message {
  if (list !== undefined)
    return {
      list_services_response: { service: guides.flatMap(({ services }) => services.map(([name]) => ({ name }))) },
    };
  const found = guides.find(({ services }) =>
    services.some(([name]) => name === symbol || symbol.startsWith(`${name}.`)),
  );
  return found === undefined
    ? { error_response: NOT_FOUND }
    : { file_descriptor_response: { file_descriptor_proto: found.files } };
}
