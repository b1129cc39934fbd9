// SPDX-License-Identifier: Apache-2.0

import { type GrpcMethod, singleRequestMethod } from './grpc/grpc-method.ts';
import { ReverseRequestSchema, ReverseResponseSchema } from './proto/api/reverse_pb.ts';

/** `api.Reverse` (proto/api/reverse.proto). Characters are what a reader counts: an emoji stays whole. */
export const reverseMethods: readonly (readonly [string, GrpcMethod])[] = [
  [
    '/api.Reverse/Reverse',
    singleRequestMethod(
      { input: ReverseRequestSchema, output: ReverseResponseSchema },
      async function* reverse(request) {
        const characters = [...new Intl.Segmenter().segment(request.content)].map(part => part.segment);
        yield { content: characters.reverse().join('') };
      },
    ),
  ],
];
