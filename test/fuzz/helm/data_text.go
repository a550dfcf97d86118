package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
	yamlv3 "go.yaml.in/yaml/v3"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

func init() {
	calls["yaml-read"] = func(args []string) (any, error) {
		return steady(4, func() (any, error) {
			var v any
			err := yaml.Unmarshal(bytesOf(args[0]), &v)
			return dump(v), err
		})
	}
	calls["yaml-dialects"] = func(args []string) (any, error) {
		return steady(4, func() (any, error) { return yamlDialects(bytesOf(args[0])), nil })
	}
	calls["yaml-values"] = func(args []string) (any, error) {
		return steady(4, func() (any, error) {
			values, err := loader.LoadValues(bytes.NewReader(bytesOf(args[0])))
			return dump(values), err
		})
	}
	calls["yaml-head"] = func(args []string) (any, error) {
		return steady(4, func() (any, error) { return yamlHead(bytesOf(args[0])) })
	}
	calls["yaml-split"] = func(args []string) (any, error) {
		reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(bytesOf(args[0]))))
		documents := []string{}
		for {
			document, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return dump(documents), nil
			}
			if err != nil {
				return nil, err
			}
			documents = append(documents, string(document))
		}
	}
	calls["manifest-split"] = func(args []string) (any, error) {
		manifests := releaseutil.SplitManifests(string(bytesOf(args[0])))
		keys := make([]string, 0, len(manifests))
		for key := range manifests {
			keys = append(keys, key)
		}
		sort.Sort(releaseutil.BySplitManifestsOrder(keys))
		for i, key := range keys {
			keys[i] = manifests[key]
		}
		return dump(keys), nil
	}
	calls["yaml-styled"] = func(args []string) (any, error) { return yamlStyled(bytesOf(args[0])) }
	calls["json-read"] = func(args []string) (any, error) { return readJSON(bytesOf(args[0])), nil }
	calls["json-write"] = onValue(writeJSON)
	calls["yaml-write"] = onValue(func(v any) (any, error) {
		return steady(4, func() (any, error) {
			text, err := yaml.Marshal(v)
			return string(text), err
		})
	})
	calls["yaml-pretty"] = onValue(func(v any) (any, error) {
		return steady(4, func() (any, error) {
			var out bytes.Buffer
			encoder := goyaml.NewEncoder(&out)
			encoder.SetIndent(2)
			err := encoder.Encode(v)
			return out.String(), err
		})
	})
	calls["toml-read"] = func(args []string) (any, error) {
		v := map[string]any{}
		if err := toml.Unmarshal(bytesOf(args[0]), &v); err != nil {
			return nil, err
		}
		text, err := tomlOf(v)
		if err != nil {
			text = err.Error()
		}
		return dump(v) + "\n" + text, nil
	}
	calls["toml-write"] = onValue(func(v any) (any, error) { return tomlOf(v) })
}

func tomlOf(v any) (string, error) {
	var out bytes.Buffer
	err := toml.NewEncoder(&out).Encode(v)
	return out.String(), err
}

func yamlDialects(text []byte) string {
	var v any
	first := ""
	if err := yaml.UnmarshalStrict(text, &v); err != nil {
		first = err.Error()
	} else {
		first = dump(v)
	}
	second, err := yaml.YAMLToJSON(text)
	if err != nil {
		return first + "\nerror converting YAML to JSON: " + err.Error()
	}
	return first + "\n" + string(second)
}

func yamlHead(text []byte) (any, error) {
	var head releaseutil.SimpleHead
	if err := yaml.Unmarshal(text, &head); err != nil {
		return nil, err
	}
	name, annotations := "", map[string]any{}
	if head.Metadata != nil {
		name = head.Metadata.Name
		for key, value := range head.Metadata.Annotations {
			annotations[key] = value
		}
	}
	return strings.Join([]string{dump(head.Version), dump(head.Kind), dump(name), dump(annotations)}, " "), nil
}

// yamlStyled reads and writes a document as kyaml does, whose lists are compact or wide.
func yamlStyled(text []byte) (any, error) {
	parts := []string{}
	for _, wide := range []bool{false, true} {
		var node yamlv3.Node
		if err := yamlv3.NewDecoder(bytes.NewReader(text)).Decode(&node); err != nil {
			if errors.Is(err, io.EOF) {
				return "", nil
			}
			return nil, err
		}
		var out bytes.Buffer
		encoder := yamlv3.NewEncoder(&out)
		encoder.SetIndent(2)
		if wide {
			encoder.DefaultSeqIndent()
		} else {
			encoder.CompactSeqIndent()
		}
		if err := encoder.Encode(&node); err != nil {
			return nil, err
		}
		if err := encoder.Close(); err != nil {
			return nil, err
		}
		parts = append(parts, out.String())
	}
	return strings.Join(parts, "\n%%\n"), nil
}

func readJSON(text []byte) string {
	part := func(v any, err error) string {
		var syntax *json.SyntaxError
		switch {
		case errors.As(err, &syntax):
			return err.Error()
		case err != nil:
			return dump(v) + " " + err.Error()
		}
		return dump(v) + " "
	}
	var value any
	err := json.Unmarshal(text, &value)
	parts := []string{part(value, err)}
	if _, ok := err.(*json.UnmarshalTypeError); ok {
		parts[0] = err.Error()
	}
	m := map[string]any{}
	err = json.Unmarshal(text, &m)
	parts = append(parts, part(m, err))
	l := []any{}
	err = json.Unmarshal(text, &l)
	return strings.Join(append(parts, part(l, err)), "\n")
}

func writeJSON(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	indented, err := json.MarshalIndent(v, "", "  ")
	return string(text) + "\n" + raw.String() + string(indented), err
}
