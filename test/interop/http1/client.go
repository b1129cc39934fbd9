// SPDX-License-Identifier: Apache-2.0

// Echoes through net/http, many at a time, of known and of unknown length: client URL FILE.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

func ask(url string, sent []byte, chunked bool) error {
	var body io.Reader = bytes.NewReader(sent)
	if chunked {
		body = io.MultiReader(bytes.NewReader(sent))
	}
	request, err := http.NewRequest("POST", url, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/grpc")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != 200 || !bytes.Equal(got, sent)) {
		err = fmt.Errorf("%s, %d bytes of %d", response.Status, len(got), len(sent))
	}
	return err
}

func main() {
	whole, err := os.ReadFile(os.Args[2])
	var all sync.WaitGroup
	for at := 0; at < 20; at++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for _, sent := range [][]byte{{}, []byte("x"), whole} {
				if failed := ask(os.Args[1], sent, at%2 == 1); failed != nil {
					err = failed
				}
			}
		}()
	}
	all.Wait()
	if err != nil {
		panic(err)
	}
	fmt.Println("good")
}
