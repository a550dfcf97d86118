package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// chance is the answer where Go's random order of maps decides.
var errChance = fmt.Errorf("left to chance")

// steady is the answer of a function that gives the same each time.
func steady(times int, call func() (any, error)) (any, error) {
	value, err := call()
	for range times {
		next, nextErr := call()
		if fmt.Sprint(next) != fmt.Sprint(value) || fmt.Sprint(nextErr) != fmt.Sprint(err) {
			return nil, errChance
		}
	}
	return value, err
}

// dump shows a value with its types.
func dump(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return "f" + strconv.FormatFloat(v, 'g', -1, 64)
	case int, int64, uint64:
		return fmt.Sprintf("%T %d", v, v)
	case time.Time:
		return "time " + v.Format(time.RFC3339Nano) + " " + v.Location().String()
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = dump(item)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case []string:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = dump(item)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case []map[string]any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = dump(item)
		}
		return "[]map[string]interface {} [" + strings.Join(parts, " ") + "]"
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for i, key := range keys {
			keys[i] = strconv.Quote(key) + ":" + dump(v[key])
		}
		return "{" + strings.Join(keys, " ") + "}"
	}
	return fmt.Sprintf("%T %v", v, v)
}

// valueOf makes a value of JSON: numbers are int64 where they are written so; characters from U+F780 on stand for bytes.
func valueOf(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	// Unmarshal says what is wrong with the whole text, the decoder keeps the numbers.
	if err := json.Unmarshal(text, &v); err != nil {
		if _, ok := err.(*json.UnmarshalTypeError); !ok {
			return nil, err
		}
	}
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	return withBytes(v), nil
}

func withBytes(v any) any {
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			if whole, err := strconv.ParseInt(string(v), 10, 64); err == nil {
				return whole
			}
		}
		float, _ := strconv.ParseFloat(string(v), 64)
		return float
	case string:
		return bytesIn(v)
	case []any:
		for i, item := range v {
			v[i] = withBytes(item)
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[bytesIn(key)] = withBytes(item)
		}
		return out
	}
	return v
}

func bytesIn(text string) string {
	var out strings.Builder
	for _, c := range text {
		if c >= 0xf780 && c <= 0xf7ff {
			out.WriteByte(byte(c - 0xf700))
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}

// onValue answers with a function of the value that the first argument is.
func onValue(call func(v any) (any, error)) func(args []string) (any, error) {
	return func(args []string) (any, error) {
		v, err := valueOf(bytesOf(args[0]))
		if err != nil {
			return nil, err
		}
		return call(v)
	}
}
