package main

import (
	"encoding/json"
	"errors"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/Masterminds/sprig/v3"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/engine"
)

func init() {
	calls["template-parse"] = func(args []string) (any, error) {
		parsed, err := template.New("t").Funcs(helmFunctions()).Parse(string(bytesOf(args[0])))
		if err != nil {
			return nil, exactError(err)
		}
		if parsed.Tree == nil || parsed.Root == nil {
			return "", nil
		}
		return exact(parsed.Root.String()), nil
	}
	calls["template-exec"] = renderFixture
}

// helmFunctions are the names that Helm's engine knows. Helm: engine/funcs.go funcMap
func helmFunctions() template.FuncMap {
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	for _, name := range strings.Fields(`toToml mustToToml fromToml toYaml mustToYaml toYamlPretty fromYaml fromYamlArray
		toJson mustToJson fromJson fromJsonArray include tpl required lookup`) {
		functions[name] = func() string { return "" }
	}
	return functions
}

// renderFixture renders a template over values and files that come as JSON; files are Latin-1.
func renderFixture(args []string) (any, error) {
	const name = "templates/t.yaml"
	var values map[string]any
	var texts map[string]string
	if err := errors.Join(json.Unmarshal([]byte(args[1]), &values), json.Unmarshal([]byte(args[2]), &texts)); err != nil {
		return nil, err
	}
	chart := &chartv2.Chart{
		Metadata:  &chartv2.Metadata{Name: "c", Version: "0.1.0", APIVersion: "v2"},
		Templates: []*common.File{{Name: name, Data: bytesOf(args[0])}},
	}
	for file, text := range texts {
		data := []byte{}
		for _, r := range text {
			data = append(data, byte(r))
		}
		chart.Files = append(chart.Files, &common.File{Name: file, Data: data})
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.HelmVersion.Version = "v4.2.4" // Else what was built here.
	capabilities.APIVersions = common.VersionSet{"v1", "apps/v1"}
	options := common.ReleaseOptions{Name: "r", Namespace: "ns", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(chart, values, options, capabilities)
	if err != nil {
		return nil, err
	}
	rendered, err := engine.Render(chart, all)
	if err != nil {
		return nil, exactError(err)
	}
	return exact(rendered["c/"+name]), nil
}

// exact writes bytes that are no UTF-8 as characters of the private use area, for JSON has no way to say them.
func exact(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			r = 0xf700 + rune(text[i])
		}
		out.WriteRune(r)
		i += size
	}
	return out.String()
}

func exactError(err error) error {
	return errors.New(exact(err.Error()))
}

func exactAll(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = exact(text)
	}
	return out
}
