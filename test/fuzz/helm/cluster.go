package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/go-logr/logr"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubejson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

func init() {
	klog.SetLogger(logr.Discard())
	calls["cluster-json"] = func(args []string) (any, error) {
		var value any
		if err := kubejson.Unmarshal(bytesOf(args[0]), &value); err != nil {
			return nil, err
		}
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(value)
		return strings.TrimSuffix(out.String(), "\n"), err
	}
	calls["ready-status"] = func(args []string) (any, error) {
		object := map[string]any{}
		if err := kubejson.Unmarshal(bytesOf(args[0]), &object); err != nil {
			return nil, err
		}
		found, err := status.Compute(&unstructured.Unstructured{Object: object})
		if err != nil {
			// What Helm's waiter makes of it.
			return []string{"Unknown", ""}, nil
		}
		return []string{string(found.Status), found.Message}, nil
	}
	calls["api-error"] = apiError
	calls["discovery-groups"] = discoveryGroups
}

// sameAnswers gives the same answer to each request.
type sameAnswers struct {
	code   int
	header http.Header
	body   []byte
}

func (a sameAnswers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.code, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body))}, nil
}

// apiError takes {code, method, type, retryAfter, group, body} and gives what the client makes of such an answer.
func apiError(args []string) (any, error) {
	var asked struct {
		Code                            int
		Method, Type, RetryAfter, Group string
		Body                            []byte
	}
	if err := json.Unmarshal([]byte(args[0]), &asked); err != nil {
		return nil, err
	}
	header := http.Header{}
	if asked.Type != "" {
		header.Set("Content-Type", asked.Type)
	}
	if asked.RetryAfter != "" {
		header.Set("Retry-After", asked.RetryAfter)
	}
	base, _ := url.Parse("http://server")
	config := rest.ClientContentConfig{
		ContentType:  "application/json",
		GroupVersion: schema.GroupVersion{Group: asked.Group, Version: "v1"},
		Negotiator:   runtime.NewClientNegotiator(resource.UnstructuredPlusDefaultContentConfig().NegotiatedSerializer, schema.GroupVersion{}),
	}
	client := &http.Client{Transport: sameAnswers{asked.Code, header, asked.Body}}
	err := rest.NewRequestWithClient(base, "", config, client).
		Verb(asked.Method).Resource("things").Name("web").MaxRetries(0).Do(context.Background()).Error()
	if err == nil {
		return nil, nil
	}
	failure, ok := err.(apierrors.APIStatus)
	if !ok {
		return nil, err
	}
	said := failure.Status()
	return []any{said.Code, said.Reason, err.Error()}, nil
}

func discoveryGroups(args []string) (any, error) {
	var list apidiscovery.APIGroupDiscoveryList
	if err := json.Unmarshal(bytesOf(args[0]), &list); err != nil {
		return nil, err
	}
	groups, resources, stale := discovery.SplitGroupsAndResources(list)
	out := struct {
		Groups    []any
		Resources map[string]any
		Stale     map[string]string
	}{[]any{}, map[string]any{}, map[string]string{}}
	for _, group := range groups.Groups {
		versions := []string{}
		for _, version := range group.Versions {
			versions = append(versions, version.GroupVersion)
		}
		out.Groups = append(out.Groups, []any{group.Name, versions, group.PreferredVersion.GroupVersion})
	}
	for version, of := range resources {
		list := []any{}
		for _, r := range of.APIResources {
			list = append(list, []any{r.Name, r.SingularName, r.Namespaced, r.Group, r.Version, r.Kind, textList(r.Verbs), textList(r.ShortNames), textList(r.Categories)})
		}
		out.Resources[version.String()] = list
	}
	for version, err := range stale {
		out.Stale[version.String()] = err.Error()
	}
	return out, nil
}

// textList is the list, and never null.
func textList(list []string) []string {
	return append([]string{}, list...)
}
