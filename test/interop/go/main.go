// SPDX-License-Identifier: Apache-2.0

// grpc-go against the gateway. See ../run.ts.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
)

const fourMiB = 4 << 20

type check struct {
	name string
	run  func(context.Context, *grpc.ClientConn) error
}

var checks = []check{
	{"unary", unary}, {"server stream", serverStream}, {"client stream", clientStream}, {"bidi stream", bidiStream},
	{"4 MiB", large}, {"gzip", compressed}, {"deadline", deadline}, {"cancel", canceled}, {"status", failure},
	{"many calls", many}, {"reflection", reflect}, {"health", health},
}

func main() {
	failed := false
	for _, transport := range []string{"cleartext", "tls"} {
		connection, err := dial(transport)
		if err != nil {
			fmt.Println("FAIL go:", transport, err)
			os.Exit(1)
		}
		for _, each := range checks {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			if err := each.run(ctx, connection); err != nil {
				failed = true
				fmt.Printf("FAIL go: %s: %s: %v\n", transport, each.name, err)
			} else {
				fmt.Printf("ok   go: %s: %s\n", transport, each.name)
			}
			cancel()
		}
		connection.Close()
	}
	if failed {
		os.Exit(1)
	}
}

func dial(transport string) (*grpc.ClientConn, error) {
	options := []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20), grpc.MaxCallSendMsgSize(64<<20)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second}),
	}
	if transport == "cleartext" {
		options = append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))
		return grpc.NewClient(os.Getenv("CLEARTEXT"), options...)
	}
	pem, err := os.ReadFile(os.Getenv("CA"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots, ServerName: os.Getenv("AUTHORITY"), MinVersion: tls.VersionTLS12}
	options = append(options, grpc.WithTransportCredentials(credentials.NewTLS(config)))
	return grpc.NewClient(os.Getenv("TLS"), options...)
}

func unary(ctx context.Context, connection *grpc.ClientConn) error {
	binary := string([]byte{0, 1, 254, 255})
	ctx = metadata.AppendToOutgoingContext(ctx, "x-grpc-test-echo-initial", "yes", "x-grpc-test-echo-trailing-bin", binary)
	var header, trailer metadata.MD
	content, err := echo(ctx, connection, request{content: "echo"}, grpc.Header(&header), grpc.Trailer(&trailer))
	if err != nil {
		return err
	}
	return errors.Join(
		expect("content", content, "echo"),
		expect("header", strings.Join(header.Get("x-grpc-test-echo-initial"), ","), "yes"),
		expect("trailer", strings.Join(trailer.Get("x-grpc-test-echo-trailing-bin"), ","), binary),
	)
}

func serverStream(ctx context.Context, connection *grpc.ClientConn) error {
	stream, err := openStream(ctx, connection, "ServerStream")
	if err != nil {
		return err
	}
	if err := send(stream, request{content: "s", repeat: 300}); err != nil {
		return err
	}
	contents, err := receiveAll(stream)
	return errors.Join(err, expect("contents", strings.Join(contents, ""), strings.Repeat("s", 300)))
}

func clientStream(ctx context.Context, connection *grpc.ClientConn) error {
	stream, err := openStream(ctx, connection, "ClientStream")
	if err != nil {
		return err
	}
	requests := make([]request, 200)
	for i := range requests {
		requests[i].content = fmt.Sprint(i % 10)
	}
	if err := send(stream, requests...); err != nil {
		return err
	}
	contents, err := receiveAll(stream)
	return errors.Join(err, expect("contents", strings.Join(contents, ""), strings.Repeat("0123456789", 20)))
}

func bidiStream(ctx context.Context, connection *grpc.ClientConn) error {
	stream, err := openStream(ctx, connection, "BidiStream")
	if err != nil {
		return err
	}
	for i := range 30 {
		ping := fmt.Sprint("ping ", i)
		if err := stream.SendMsg(request{content: ping}.message()); err != nil {
			return err
		}
		answer := newResponse()
		if err := stream.RecvMsg(answer); err != nil {
			return err
		}
		if err := expect("content", contentOf(answer), ping); err != nil {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	if err := stream.RecvMsg(newResponse()); !errors.Is(err, io.EOF) {
		return fmt.Errorf("the stream does not end: %v", err)
	}
	return nil
}

func large(ctx context.Context, connection *grpc.ClientConn) error {
	content, err := echo(ctx, connection, request{content: strings.Repeat("x", fourMiB)})
	return errors.Join(err, expect("length", fmt.Sprint(len(content)), fmt.Sprint(fourMiB)))
}

func compressed(ctx context.Context, connection *grpc.ClientConn) error {
	want := strings.Repeat("y", 100_000)
	content, err := echo(ctx, connection, request{content: want}, grpc.UseCompressor(gzip.Name))
	return errors.Join(err, expect("content", content, want))
}

func deadline(ctx context.Context, connection *grpc.ClientConn) error {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	_, err := echo(ctx, connection, request{delayMs: 20_000})
	return expect("code", status.Code(err).String(), codes.DeadlineExceeded.String())
}

func canceled(ctx context.Context, connection *grpc.ClientConn) error {
	short, cancel := context.WithCancel(ctx)
	stream, err := openStream(short, connection, "ServerStream")
	if err != nil {
		cancel()
		return err
	}
	err = errors.Join(send(stream, request{content: "z", repeat: 10_000}), stream.RecvMsg(newResponse()))
	cancel()
	if err != nil {
		return err
	}
	for err == nil {
		err = stream.RecvMsg(newResponse())
	}
	content, next := echo(ctx, connection, request{content: "next"})
	return errors.Join(expect("code", status.Code(err).String(), codes.Canceled.String()), next, expect("content", content, "next"))
}

func failure(ctx context.Context, connection *grpc.ClientConn) error {
	_, err := echo(ctx, connection, request{content: "100 % 없음", status: uint32(codes.NotFound)})
	return errors.Join(
		expect("code", status.Code(err).String(), codes.NotFound.String()),
		expect("message", status.Convert(err).Message(), "100 % 없음"),
	)
}

func many(ctx context.Context, connection *grpc.ClientConn) error {
	const calls = 1000
	failures := make([]error, calls)
	var group sync.WaitGroup
	for i := range calls {
		group.Add(1)
		go func() {
			defer group.Done()
			content, err := echo(ctx, connection, request{content: fmt.Sprint(i)})
			failures[i] = errors.Join(err, expect("content", content, fmt.Sprint(i)))
		}()
	}
	group.Wait()
	return errors.Join(failures...)
}

func reflect(ctx context.Context, connection *grpc.ClientConn) error {
	stream, err := reflection.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	if err != nil {
		return err
	}
	question := &reflection.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "api.Echo"}
	if err := stream.Send(&reflection.ServerReflectionRequest{MessageRequest: question}); err != nil {
		return err
	}
	answer, err := stream.Recv()
	if err != nil {
		return err
	}
	files := answer.GetFileDescriptorResponse().GetFileDescriptorProto()
	if len(files) == 0 || !bytes.Contains(files[0], []byte("BidiStream")) {
		return fmt.Errorf("no descriptor in %v", answer)
	}
	return stream.CloseSend()
}

func health(ctx context.Context, connection *grpc.ClientConn) error {
	client := grpc_health_v1.NewHealthClient(connection)
	answer, err := client.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: "api.Echo"})
	return errors.Join(err, expect("status", answer.GetStatus().String(), "SERVING"))
}

func expect(what, got, want string) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("%s is %.80q, not %.80q", what, got, want)
}
