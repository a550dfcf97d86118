// Command schemasuite answers the official test suite of JSON Schema with the validator that Helm uses, set up as
// Helm sets it up. Its argument is the folder of the suite; it prints one JSON answer a line, one for each schema.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Where the suite says that its remotes are served.
const remotes = "http://localhost:1234/"

var drafts = []struct {
	name  string
	draft *jsonschema.Draft
}{
	{"draft4", jsonschema.Draft4},
	{"draft6", jsonschema.Draft6},
	{"draft7", jsonschema.Draft7},
	{"draft2019-09", jsonschema.Draft2019},
	{"draft2020-12", jsonschema.Draft2020},
}

// A schema and its tests, as a file of the suite has them. Texts are kept as they are, for ours to read the same.
type group struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

type test struct {
	Name  string `json:"name"`
	Data  string `json:"data"`
	Valid bool   `json:"valid"`
	Err   string `json:"err"`
}

type answer struct {
	Draft  string `json:"draft"`
	File   string `json:"file"`
	Name   string `json:"name"`
	Schema string `json:"schema"`
	Err    string `json:"err"` // of the schema itself
	Tests  []test `json:"tests"`
}

// Gives the documents of the suite's remotes folder and none from elsewhere.
type folder string

func (f folder) Load(url string) (any, error) {
	path, ok := strings.CutPrefix(url, remotes)
	if !ok {
		return nil, errors.New("not a part of the suite")
	}
	text, err := os.ReadFile(filepath.Join(string(f), path))
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: schemasuite FOLDER")
	}
	root := os.Args[1]
	out := bufio.NewWriter(os.Stdout)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, d := range drafts {
		tests := filepath.Join(root, "tests")
		err := filepath.WalkDir(filepath.Join(tests, d.name), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".json" {
				return err
			}
			groups, err := read(path)
			if err != nil {
				return err
			}
			file, err := filepath.Rel(tests, path)
			if err != nil {
				return err
			}
			for _, g := range groups {
				a := reply(g, d.draft, folder(filepath.Join(root, "remotes")))
				a.Draft, a.File = d.name, file
				if err := enc.Encode(a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

func read(path string) (groups []group, err error) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &groups)
	}
	return groups, err
}

func reply(g group, draft *jsonschema.Draft, remotes folder) answer {
	a := answer{Name: g.Description, Schema: string(g.Schema)}
	schema, err := compile(g.Schema, draft, remotes)
	if err != nil {
		a.Err = err.Error()
	}
	for _, t := range g.Tests {
		one := test{Name: t.Description, Data: string(t.Data), Valid: t.Valid}
		if schema != nil {
			if err := validate(schema, t.Data); err != nil {
				one.Err = err.Error()
			}
		}
		a.Tests = append(a.Tests, one)
	}
	return a
}

// As Helm's ValidateAgainstSingleSchema does, but for the draft and for where documents come from.
func compile(text []byte, draft *jsonschema.Draft, remotes folder) (_ *jsonschema.Schema, err error) {
	defer recovered(&err)
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(draft)
	compiler.UseLoader(jsonschema.SchemeURLLoader{"http": remotes, "https": remotes, "file": remotes})
	if err := compiler.AddResource("file:///values.schema.json", schema); err != nil {
		return nil, err
	}
	return compiler.Compile("file:///values.schema.json")
}

func validate(schema *jsonschema.Schema, text []byte) (err error) {
	defer recovered(&err)
	data, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(data)
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %s", r)
	}
}
