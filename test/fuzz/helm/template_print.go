package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"text/template"
	"time"
)

// typedOf is a value with its Go type: a scalar's text, or JSON.
type typedOf struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

func init() {
	calls["printf"] = func(args []string) (any, error) {
		values, err := typedValues(args[1])
		if err != nil {
			return nil, err
		}
		return exact(fmt.Sprintf(string(bytesOf(args[0])), values...)), nil
	}
	calls["print-value"] = func(args []string) (any, error) {
		values, err := typedValues(args[0])
		if err != nil {
			return nil, err
		}
		out := []string{fmt.Sprint(values...), fmt.Sprintln(values...)}
		for _, value := range values {
			for _, format := range []string{"%v", "%+v", "%#v", "%T", "%q", "%x", "%s", "%d", "%08.3f", "%t"} {
				out = append(out, fmt.Sprintf(format, value))
			}
		}
		return exactAll(out), nil
	}
	calls["quote"] = func(args []string) (any, error) {
		text := string(bytesOf(args[0]))
		unquoted, err := strconv.Unquote(text)
		if err != nil {
			unquoted = "error " + err.Error()
		}
		out := []string{strconv.Quote(text), strconv.QuoteToASCII(text), unquoted, template.HTMLEscapeString(text),
			template.JSEscapeString(text), template.URLQueryEscaper(text), fmt.Sprint(strconv.CanBackquote(text))}
		for _, r := range text {
			out = append(out, strconv.QuoteRune(r), strconv.QuoteRuneToASCII(r))
		}
		return exactAll(out), nil
	}
}

func typedValues(text string) ([]any, error) {
	var given []typedOf
	if err := json.Unmarshal([]byte(text), &given); err != nil {
		return nil, err
	}
	values := make([]any, len(given))
	for i, each := range given {
		values[i] = each.value()
	}
	return values, nil
}

func (t typedOf) value() any {
	signed, _ := strconv.ParseInt(t.Text, 10, 64)
	unsigned, _ := strconv.ParseUint(t.Text, 10, 64)
	switch t.Type {
	case "int":
		return int(signed)
	case "int64":
		return signed
	case "int32":
		return int32(signed)
	case "uint8":
		return uint8(unsigned)
	case "uint64":
		return unsigned
	case "duration":
		return time.Duration(signed)
	case "float64":
		float, _ := strconv.ParseFloat(t.Text, 64)
		return float
	case "string":
		return string(bytesOf(t.Text))
	case "bytes":
		return bytesOf(t.Text)
	case "bool":
		return t.Text == "true"
	case "json":
		var any any
		if err := json.Unmarshal([]byte(t.Text), &any); err != nil {
			panic(err)
		}
		return any
	case "strings":
		var all []string
		if err := json.Unmarshal([]byte(t.Text), &all); err != nil {
			panic(err)
		}
		return all
	}
	return nil
}
