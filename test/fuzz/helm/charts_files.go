package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"time"
	_ "unsafe" // for go:linkname

	"helm.sh/helm/v4/internal/plugin"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
	"sigs.k8s.io/yaml"
)

//go:linkname loadPluginMetadata helm.sh/helm/v4/internal/plugin.loadMetadata
func loadPluginMetadata(data []byte) (*plugin.Metadata, error)

func init() {
	calls["chart-load"] = func(args []string) (any, error) {
		loaded, err := loadFiles(args)
		if err != nil {
			return nil, err
		}
		return describe(loaded)
	}
	calls["chart-metadata"] = func(args []string) (any, error) {
		loaded, err := loader.LoadFiles([]*archive.BufferedFile{{Name: "Chart.yaml", Data: bytesOf(args[0])}})
		if err != nil {
			return nil, err
		}
		return asYAML(loaded.Metadata)
	}
	calls["chart-lock"] = func(args []string) (any, error) {
		// The loader's own words around the error.
		loaded, err := loader.LoadFiles([]*archive.BufferedFile{
			{Name: "Chart.yaml", Data: []byte("apiVersion: v2\nname: web\nversion: 1.0.0\n")},
			{Name: "Chart.lock", Data: bytesOf(args[0])},
		})
		if err != nil {
			return nil, err
		}
		return lockYAML(loaded.Lock)
	}
	calls["values-file"] = func(args []string) (any, error) {
		values, err := loader.LoadValues(bytes.NewReader(bytesOf(args[0])))
		if err != nil {
			return nil, err
		}
		return asJSON(values)
	}
	calls["helmignore"] = helmIgnore
	calls["plugin-metadata"] = func(args []string) (any, error) {
		metadata, err := loadPluginMetadata(bytesOf(args[0]))
		if err != nil {
			return nil, err
		}
		return asYAML(metadata)
	}
}

func asYAML(value any) (string, error) {
	text, err := yaml.Marshal(value)
	return string(text), err
}

func asJSON(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// lockYAML leaves out entries that are null.
func lockYAML(lock *chart.Lock) (any, error) {
	if lock == nil {
		return "", nil
	}
	if lock.Dependencies != nil {
		dependencies := []*chart.Dependency{}
		for _, one := range lock.Dependencies {
			if one != nil {
				dependencies = append(dependencies, one)
			}
		}
		lock.Dependencies = dependencies
	}
	return asYAML(lock)
}

// loadFiles takes names and contents in turns.
func loadFiles(args []string) (*chart.Chart, error) {
	files := []*archive.BufferedFile{}
	for i := 0; i < len(args); i += 2 {
		files = append(files, &archive.BufferedFile{Name: string(bytesOf(args[i])), Data: bytesOf(args[i+1])})
	}
	return loader.LoadFiles(files)
}

func namesOf(files []*common.File) []string {
	names := []string{}
	for _, file := range files {
		names = append(names, file.Name)
	}
	return names
}

type description struct {
	Metadata     string         `json:"metadata"`
	Lock         any            `json:"lock"`
	Values       string         `json:"values"`
	Schema       []byte         `json:"schema"`
	Templates    []string       `json:"templates"`
	Files        []string       `json:"files"`
	Raw          []string       `json:"raw"`
	Dependencies []*description `json:"dependencies"`
}

func describe(loaded *chart.Chart) (out *description, err error) {
	out = &description{
		Schema:       append([]byte{}, loaded.Schema...),
		Templates:    namesOf(loaded.Templates),
		Files:        namesOf(loaded.Files),
		Raw:          namesOf(loaded.Raw),
		Dependencies: []*description{},
	}
	// As a map, whose keys are sorted.
	var metadata map[string]any
	text, err := asYAML(loaded.Metadata)
	if err == nil {
		err = yaml.Unmarshal([]byte(text), &metadata)
	}
	if err != nil {
		return nil, err
	}
	if out.Metadata, err = asJSON(metadata); err != nil {
		return nil, err
	}
	if loaded.Lock != nil {
		if out.Lock, err = lockYAML(loaded.Lock); err != nil {
			return nil, err
		}
	}
	if loaded.Values == nil {
		loaded.Values = map[string]any{}
	}
	if out.Values, err = asJSON(loaded.Values); err != nil {
		return nil, err
	}
	for _, dependency := range loaded.Dependencies() {
		inner, err := describe(dependency)
		if err != nil {
			return nil, err
		}
		out.Dependencies = append(out.Dependencies, inner)
	}
	return out, nil
}

// entry is a file or a folder of which no more is known.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return 0 }
func (e entry) Mode() fs.FileMode  { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.folder }
func (e entry) Sys() any           { return nil }

// helmIgnore takes rules, then paths, those of folders with a slash at the end.
func helmIgnore(args []string) (any, error) {
	rules, err := ignore.Parse(bytes.NewReader(bytesOf(args[0])))
	if err != nil {
		return nil, err
	}
	rules.AddDefaults()
	answers := []bool{}
	for _, arg := range args[1:] {
		path := string(bytesOf(arg))
		clean := strings.TrimSuffix(path, "/")
		name := clean[strings.LastIndex(clean, "/")+1:]
		answers = append(answers, rules.Ignore(clean, entry{name, clean != path}))
	}
	return answers, nil
}
