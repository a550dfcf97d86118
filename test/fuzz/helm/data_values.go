package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/Masterminds/sprig/v3"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/strvals"
	"k8s.io/client-go/util/jsonpath"
	"sigs.k8s.io/yaml"
)

func init() {
	calls["set"] = func(args []string) (any, error) { return setAll(string(bytesOf(args[0]))) }
	calls["coalesce"] = func(args []string) (any, error) {
		parts := partsOf(args[0])
		return steady(20, func() (any, error) { return coalesce(parts) })
	}
	calls["dependencies"] = func(args []string) (any, error) {
		parts := partsOf(args[0])
		return steady(20, func() (any, error) { return dependencies(parts) })
	}
	calls["merge"] = func(args []string) (any, error) {
		return steady(8, func() (any, error) { return merge(partsOf(args[0])) })
	}
	calls["schema"] = func(args []string) (any, error) {
		parts := append(partsOf(args[0]), "")
		values := map[string]any{}
		if err := json.Unmarshal([]byte(parts[1]), &values); err != nil {
			if _, ok := err.(*json.UnmarshalTypeError); !ok {
				return nil, err
			}
		}
		if err := util.ValidateAgainstSingleSchema(values, []byte(parts[0])); err != nil {
			return err.Error(), nil
		}
		return "", nil
	}
	calls["jsonpath"] = func(args []string) (any, error) {
		return steady(6, func() (any, error) { return jsonPath(string(bytesOf(args[0])), args[1]), nil })
	}
}

// partsOf is what stands between the lines that part an input.
func partsOf(arg string) []string {
	return strings.Split(string(bytesOf(arg)), "\n---\n")
}

func setAll(text string) (any, error) {
	into := map[string]any{}
	for _, expr := range strings.Split(text, "\x1e") {
		if expr == "" {
			continue
		}
		set, ok := map[byte]func(string, map[string]any) error{
			'=': strvals.ParseInto,
			's': strvals.ParseIntoString,
			'j': strvals.ParseJSON,
			'l': strvals.ParseLiteralInto,
		}[expr[0]]
		if !ok {
			continue
		}
		if err := set(expr[1:], into); err != nil {
			return nil, err
		}
	}
	return dump(into), nil
}

func part(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return ""
}

func chartOf(parts []string) (*chart.Chart, error) {
	names := []string{"main", "sub", "deep", "other"}
	var files []*archive.BufferedFile
	for i, folder := range []string{"", "charts/sub/", "charts/sub/charts/deep/", "charts/other/"} {
		text := fmt.Sprintf("apiVersion: v2\nname: %s\nversion: 1.0.0\n%s", names[i], part(parts, 2*i+2))
		files = append(files, &archive.BufferedFile{Name: folder + "Chart.yaml", Data: []byte(text)},
			&archive.BufferedFile{Name: folder + "values.yaml", Data: []byte(part(parts, 2*i+1))})
	}
	return loader.LoadFiles(files)
}

func mapOf(text string) (map[string]any, error) {
	values := map[string]any{}
	err := yaml.Unmarshal([]byte(text), &values)
	return values, err
}

func coalesce(parts []string) (any, error) {
	spread := []string{parts[0]}
	for _, part := range parts[1:] {
		spread = append(spread, part, "")
	}
	c, err := chartOf(spread)
	if err != nil {
		return nil, err
	}
	user, err := mapOf(parts[0])
	if err != nil {
		return nil, err
	}
	merged, err := util.MergeValues(c, map[string]any{})
	if err != nil {
		return nil, err
	}
	values, err := util.CoalesceValues(c, user)
	if err != nil {
		return nil, err
	}
	return dump(values.AsMap()) + "\n" + dump(merged.AsMap()), nil
}

func dependencies(parts []string) (any, error) {
	user, err := mapOf(parts[0])
	if err != nil {
		return nil, err
	}
	c, err := chartOf(parts)
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(c, user); err != nil {
		return nil, err
	}
	tree := treeOf(c)
	values, err := util.CoalesceValues(c, user)
	if err != nil {
		return nil, err
	}
	return tree + "\n" + dump(values.AsMap()), nil
}

func treeOf(c *chart.Chart) string {
	parts := []string{}
	for _, sub := range c.Dependencies() {
		parts = append(parts, treeOf(sub))
	}
	sort.Strings(parts)
	return fmt.Sprintf("%s %s (%s)", c.Name(), dump(c.Values), strings.Join(parts, ", "))
}

func merge(parts []string) (any, error) {
	answers := []string{}
	for _, name := range []string{"mustMerge", "mustMergeOverwrite"} {
		var maps []map[string]any
		for _, part := range parts {
			v, err := valueOf([]byte(part))
			if err != nil {
				return nil, err
			}
			if m, ok := v.(map[string]any); ok {
				maps = append(maps, m)
			}
		}
		if len(maps) == 0 {
			answers = append(answers, "")
			continue
		}
		call := sprig.TxtFuncMap()[name].(func(map[string]any, ...map[string]any) (any, error))
		out, err := call(maps[0], maps[1:]...)
		if err != nil {
			return nil, err
		}
		rest := []string{}
		for _, m := range maps[1:] {
			rest = append(rest, dump(m))
		}
		answers = append(answers, dump(out)+strings.Join(rest, ","))
	}
	return strings.Join(answers, "\n"), nil
}

func jsonPath(template, data string) string {
	path := jsonpath.New("out")
	if err := path.Parse(template); err != nil {
		return "parse: " + err.Error()
	}
	values, err := mapOf(data)
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	if err := path.Execute(&out, values); err != nil && out.Len() == 0 {
		return "fails"
	}
	return out.String()
}
