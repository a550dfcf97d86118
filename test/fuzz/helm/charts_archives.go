package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"strconv"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
)

type file struct {
	Name     string `json:"name"`
	Data     []byte `json:"data"`
	Modified int64  `json:"modified"`
}

func init() {
	calls["gunzip"] = func(args []string) (any, error) {
		reader, err := gzip.NewReader(bytes.NewReader(bytesOf(args[0])))
		if err != nil {
			return nil, err
		}
		plain, err := io.ReadAll(io.LimitReader(reader, 1<<20+1))
		if err == nil && len(plain) > 1<<20 {
			return nil, io.ErrShortBuffer
		}
		if plain == nil {
			plain = []byte{}
		}
		return plain, err
	}
	calls["archive"] = func(args []string) (any, error) {
		loaded, err := archive.LoadArchiveFiles(bytes.NewReader(bytesOf(args[0])))
		if err != nil {
			return nil, err
		}
		files := []file{}
		for _, one := range loaded {
			files = append(files, file{one.Name, append([]byte{}, one.Data...), one.ModTime.UnixMilli()})
		}
		return files, nil
	}
	calls["tar-write"] = writeTar
}

// writeTar takes a time in seconds, then names and contents in turns.
func writeTar(args []string) (any, error) {
	seconds, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return nil, err
	}
	out := new(bytes.Buffer)
	writer := tar.NewWriter(out)
	for i := 1; i < len(args); i += 2 {
		body := bytesOf(args[i+1])
		header := &tar.Header{Name: args[i], Mode: 0o644, Size: int64(len(body)), ModTime: time.Unix(seconds, 0)}
		if err := writer.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := writer.Write(body); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
