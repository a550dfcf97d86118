package main

import (
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

func init() {
	calls["template-parse"] = func(args []string) (any, error) {
		functions := sprig.TxtFuncMap()
		for _, name := range []string{"include", "tpl", "required", "fail", "lookup", "toYaml", "toJson", "fromYaml"} {
			functions[name] = func() string { return "" }
		}
		parsed, err := template.New("t").Funcs(functions).Parse(string(bytesOf(args[0])))
		if err != nil {
			return nil, err
		}
		if parsed.Tree == nil || parsed.Root == nil {
			return "", nil
		}
		return parsed.Root.String(), nil
	}
}
