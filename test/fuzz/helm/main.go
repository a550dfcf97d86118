// Command helm answers questions of the fuzzer with the code that Helm itself is made of: a JSON line
// {"call": "…", "args": ["…"]} in, a JSON line {"ok": …} or {"err": "…"} out.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"time"
)

type question struct {
	Call string   `json:"call"`
	Args []string `json:"args"`
}

type answer struct {
	Ok  any    `json:"ok"`
	Err string `json:"err,omitempty"`
}

// Calls are added by each file's init.
var calls = map[string]func(args []string) (any, error){}

func main() {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	log.SetOutput(io.Discard)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 256<<20)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			fmt.Fprintln(os.Stderr, "question:", err)
			os.Exit(1)
		}
		line := reply(q)
		out.Write(line)
		out.WriteByte('\n')
		out.Flush()
	}
}

// reply gives the answer as a line. A call that does not end is given up: what it does goes on beside the next.
func reply(q question) []byte {
	call, ok := calls[q.Call]
	if !ok {
		fmt.Fprintln(os.Stderr, "there is no call", q.Call)
		os.Exit(1)
	}
	done := make(chan []byte, 1)
	go func() { done <- asLine(call, q.Args) }()
	select {
	case line := <-done:
		return line
	case <-time.After(10 * time.Second):
		return []byte(`{"err":"no answer for ten seconds"}`)
	}
}

func asLine(call func([]string) (any, error), args []string) (line []byte) {
	defer func() {
		if r := recover(); r != nil {
			line = failure(fmt.Sprint("panic: ", r))
		}
	}()
	value, err := call(args)
	if err != nil {
		return failure(err.Error())
	}
	line, err = json.Marshal(answer{Ok: value})
	if err != nil {
		return failure("answer: " + err.Error())
	}
	return line
}

func failure(text string) []byte {
	if text == "" {
		text = "an error without words"
	}
	line, _ := json.Marshal(map[string]string{"err": text})
	return line
}

// bytesOf is an argument that may hold any byte.
func bytesOf(arg string) []byte {
	bytes, err := base64.StdEncoding.DecodeString(arg)
	if err != nil {
		panic(err)
	}
	return bytes
}
