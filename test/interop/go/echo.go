// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// The messages of src/demo/proto/api/echo.proto, so that this client needs no generated code.
const echoFile = `
name: "api/echo.proto" package: "api" syntax: "proto3"
message_type {
  name: "EchoRequest"
  field { name: "content" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "repeat" number: 2 label: LABEL_OPTIONAL type: TYPE_UINT32 }
  field { name: "delay_ms" number: 3 label: LABEL_OPTIONAL type: TYPE_UINT32 }
  field { name: "status" number: 4 label: LABEL_OPTIONAL type: TYPE_UINT32 }
}
message_type {
  name: "EchoResponse"
  field { name: "content" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
}`

var echoMessages = parseMessages()

func parseMessages() protoreflect.MessageDescriptors {
	file := &descriptorpb.FileDescriptorProto{}
	if err := prototext.Unmarshal([]byte(echoFile), file); err != nil {
		panic(err)
	}
	descriptor, err := protodesc.NewFile(file, nil)
	if err != nil {
		panic(err)
	}
	return descriptor.Messages()
}

type request struct {
	content                 string
	repeat, delayMs, status uint32
}

func (r request) message() *dynamicpb.Message {
	message := dynamicpb.NewMessage(echoMessages.ByName("EchoRequest"))
	fields := message.Descriptor().Fields()
	message.Set(fields.ByName("content"), protoreflect.ValueOfString(r.content))
	message.Set(fields.ByName("repeat"), protoreflect.ValueOfUint32(r.repeat))
	message.Set(fields.ByName("delay_ms"), protoreflect.ValueOfUint32(r.delayMs))
	message.Set(fields.ByName("status"), protoreflect.ValueOfUint32(r.status))
	return message
}

func newResponse() *dynamicpb.Message {
	return dynamicpb.NewMessage(echoMessages.ByName("EchoResponse"))
}

func contentOf(message *dynamicpb.Message) string {
	return message.Get(message.Descriptor().Fields().ByName("content")).String()
}

func echo(ctx context.Context, connection *grpc.ClientConn, r request, options ...grpc.CallOption) (string, error) {
	answer := newResponse()
	err := connection.Invoke(ctx, "/api.Echo/Echo", r.message(), answer, options...)
	return contentOf(answer), err
}

func openStream(ctx context.Context, connection *grpc.ClientConn, method string) (grpc.ClientStream, error) {
	description := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	return connection.NewStream(ctx, description, "/api.Echo/"+method)
}

// send sends all requests, then ends the client's half.
func send(stream grpc.ClientStream, requests ...request) error {
	for _, each := range requests {
		if err := stream.SendMsg(each.message()); err != nil {
			return err
		}
	}
	return stream.CloseSend()
}

func receiveAll(stream grpc.ClientStream) ([]string, error) {
	var contents []string
	for {
		answer := newResponse()
		err := stream.RecvMsg(answer)
		if errors.Is(err, io.EOF) {
			return contents, nil
		}
		if err != nil {
			return contents, err
		}
		contents = append(contents, contentOf(answer))
	}
}
