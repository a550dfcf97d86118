package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/pflag"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	rspb "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"helm.sh/helm/v4/pkg/storage/driver"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/cli-runtime/pkg/resource"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/restmapper"
)

func init() {
	calls["release-decode"] = func(args []string) (any, error) {
		var release rspb.Release
		if err := json.Unmarshal(bytesOf(args[0]), &release); err != nil {
			return nil, err
		}
		text, err := json.Marshal(&release)
		return string(text), err
	}
	calls["release-record"] = releaseRecord
	calls["label-selector"] = labelSelector
	calls["release-name"] = func(args []string) (any, error) {
		return nil, chartutil.ValidateReleaseName(string(bytesOf(args[0])))
	}
	calls["timestamp"] = func(args []string) (any, error) {
		var at time.Time
		if err := json.Unmarshal(bytesOf(args[0]), &at); err != nil {
			return nil, err
		}
		text, err := json.Marshal(at)
		return string(text), err
	}
	calls["human-duration"] = func(args []string) (any, error) {
		milliseconds, err := strconv.ParseInt(args[0], 10, 64)
		return duration.HumanDuration(time.Duration(milliseconds) * time.Millisecond), err
	}
	calls["manifests-sort"] = manifestsSort
	calls["manifest-objects"] = manifestObjects
	calls["flags"] = commandLine
}

// oneMap is an API that has one ConfigMap.
type oneMap struct {
	coreclient.ConfigMapInterface
	object *corev1.ConfigMap
}

func (c oneMap) Get(context.Context, string, metav1.GetOptions) (*corev1.ConfigMap, error) {
	return c.object, nil
}

// oneSecret is an API that has one Secret.
type oneSecret struct {
	coreclient.SecretInterface
	object *corev1.Secret
}

func (c oneSecret) Get(context.Context, string, metav1.GetOptions) (*corev1.Secret, error) {
	return c.object, nil
}

// releaseRecord reads a Secret or a ConfigMap, as JSON, as Helm's drivers do.
func releaseRecord(args []string) (any, error) {
	text := bytesOf(args[1])
	var store driver.Driver
	if args[0] == "secret" {
		var object corev1.Secret
		if err := json.Unmarshal(text, &object); err != nil {
			return nil, err
		}
		store = driver.NewSecrets(oneSecret{object: &object})
	} else {
		var object corev1.ConfigMap
		if err := json.Unmarshal(text, &object); err != nil {
			return nil, err
		}
		store = driver.NewConfigMaps(oneMap{object: &object})
	}
	found, err := store.Get("sh.helm.release.v1.web.v1")
	if err != nil {
		return nil, err
	}
	release, ok := found.(*rspb.Release)
	if !ok {
		return nil, errors.New("no release")
	}
	out, err := json.Marshal(release)
	if release.Labels == nil {
		release.Labels = map[string]string{}
	}
	return []any{string(out), release.Labels}, err
}

func labelSelector(args []string) (any, error) {
	selector, err := labels.Parse(string(bytesOf(args[0])))
	if err != nil {
		return nil, err
	}
	requirements, _ := selector.Requirements()
	all := []any{}
	for _, r := range requirements {
		all = append(all, []any{r.Key(), string(r.Operator()), append([]string{}, r.ValuesUnsorted()...)})
	}
	var sets []map[string]string
	if err := json.Unmarshal([]byte(args[1]), &sets); err != nil {
		return nil, err
	}
	matches := []bool{}
	for _, set := range sets {
		matches = append(matches, selector.Matches(labels.Set(set)))
	}
	return []any{all, matches}, nil
}

// manifestsSort takes files as JSON, {name: text}.
func manifestsSort(args []string) (any, error) {
	var files map[string]string
	if err := json.Unmarshal([]byte(args[0]), &files); err != nil {
		return nil, err
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	sorted, runs := []any{}, []any{}
	for _, m := range manifests {
		sorted = append(sorted, []any{m.Name, m.Content, m.Head.Kind})
	}
	for _, h := range hooks {
		runs = append(runs, []any{h.Path, h.Manifest, h.Kind, h.Name, h.Weight, h.Events, h.DeletePolicies, h.OutputLogPolicies})
	}
	return []any{sorted, runs}, nil
}

// anyKind is a cluster that has every kind, in namespaces.
type anyKind struct{ meta.RESTMapper }

func (anyKind) RESTMapping(kind schema.GroupKind, versions ...string) (*meta.RESTMapping, error) {
	version := ""
	if len(versions) > 0 {
		version = versions[0]
	}
	return &meta.RESTMapping{
		Resource:         kind.WithVersion(version).GroupVersion().WithResource("things"),
		GroupVersionKind: kind.WithVersion(version),
		Scope:            meta.RESTScopeNamespace,
	}, nil
}

// manifestObjects gives what Helm's kube client makes of a manifest.
func manifestObjects(args []string) (any, error) {
	infos, err := resource.NewFakeBuilder(
		func(schema.GroupVersion) (resource.RESTClient, error) { return nil, nil },
		func() (meta.RESTMapper, error) { return anyKind{}, nil },
		func() (restmapper.CategoryExpander, error) { return nil, nil },
	).ContinueOnError().NamespaceParam("home").DefaultNamespace().Flatten().Unstructured().
		Stream(bytes.NewReader(bytesOf(args[0])), "").Do().Infos()
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, info := range infos {
		kind := info.Object.GetObjectKind().GroupVersionKind()
		out = append(out, []any{kind.GroupVersion().String(), kind.Kind, info.Namespace, info.Name})
	}
	return out, nil
}

// commandLine reads a command line with one flag of each kind.
func commandLine(args []string) (any, error) {
	set := pflag.NewFlagSet("x", pflag.ContinueOnError)
	set.SetInterspersed(true)
	set.Usage = func() {}
	set.SetOutput(&bytes.Buffer{})
	text := set.StringP("text", "t", "", "")
	yes := set.BoolP("yes", "y", false, "")
	number := set.IntP("int", "i", 0, "")
	count := set.Uint("uint", 0, "")
	fraction := set.Float32("float", 0, "")
	wait := set.DurationP("wait", "w", 0, "")
	list := set.StringSliceP("list", "l", nil, "")
	array := set.StringArrayP("array", "a", nil, "")
	pairs := set.StringToStringP("map", "m", nil, "")
	bare := set.String("bare", "", "")
	set.Lookup("bare").NoOptDefVal = "said"
	old := set.Bool("old", false, "")
	if err := set.MarkDeprecated("old", "use another"); err != nil {
		return nil, err
	}
	var notices bytes.Buffer
	set.SetOutput(&notices)
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if *pairs == nil {
		*pairs = map[string]string{}
	}
	changed := []string{}
	set.Visit(func(f *pflag.Flag) { changed = append(changed, f.Name) })
	return []any{
		*text, *yes, strconv.Itoa(*number), strconv.FormatUint(uint64(*count), 10), strconv.FormatFloat(float64(*fraction), 'g', -1, 32),
		wait.String(), textList(*list), textList(*array), *pairs, *bare, *old, textList(set.Args()), changed, notices.String(),
	}, nil
}
