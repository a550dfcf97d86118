package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/util/csaupgrade"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

var patchTypes = map[string]any{
	"Deployment":               appsv1.Deployment{},
	"Pod":                      corev1.Pod{},
	"Service":                  corev1.Service{},
	"ConfigMap":                corev1.ConfigMap{},
	"Secret":                   corev1.Secret{},
	"Ingress":                  networkingv1.Ingress{},
	"CustomResourceDefinition": apiextensionsv1.CustomResourceDefinition{},
}

// patchDocuments are the arguments, of which the first is the name of a type.
func patchDocuments(args []string) (any, [][]byte, error) {
	object, ok := patchTypes[args[0]]
	if !ok {
		return nil, nil, errors.New("no such type")
	}
	var all [][]byte
	for _, arg := range args[1:] {
		all = append(all, bytesOf(arg))
	}
	return object, all, nil
}

func init() {
	calls["strategic-three"] = func(args []string) (any, error) {
		object, docs, err := patchDocuments(args)
		if err != nil {
			return nil, err
		}
		lookup, err := strategicpatch.NewPatchMetaFromStruct(object)
		if err != nil {
			return nil, err
		}
		patch, err := strategicpatch.CreateThreeWayMergePatch(docs[0], docs[1], docs[2], lookup, true)
		return string(patch), err
	}
	calls["strategic-two"] = func(args []string) (any, error) {
		object, docs, err := patchDocuments(args)
		if err != nil {
			return nil, err
		}
		patch, err := strategicpatch.CreateTwoWayMergePatch(docs[0], docs[1], object)
		return string(patch), err
	}
	calls["strategic-apply"] = func(args []string) (any, error) {
		object, docs, err := patchDocuments(args)
		if err != nil {
			return nil, err
		}
		merged, err := strategicpatch.StrategicMergePatch(docs[0], docs[1], object)
		return string(merged), err
	}
	calls["merge-patch"] = func(args []string) (any, error) {
		patch, err := jsonpatch.CreateMergePatch(bytesOf(args[0]), bytesOf(args[1]))
		return string(patch), err
	}
	calls["merge-apply"] = func(args []string) (any, error) {
		merged, err := jsonpatch.MergePatch(bytesOf(args[0]), bytesOf(args[1]))
		return string(merged), err
	}
	calls["merge-three"] = func(args []string) (any, error) {
		patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(bytesOf(args[0]), bytesOf(args[1]), bytesOf(args[2]),
			mergepatch.RequireKeyUnchanged("apiVersion"), mergepatch.RequireKeyUnchanged("kind"), mergepatch.RequireMetadataKeyUnchanged("name"))
		return string(patch), err
	}
	calls["json-patch"] = func(args []string) (any, error) {
		patch, err := jsonpatch.DecodePatch(bytesOf(args[1]))
		if err != nil {
			return nil, err
		}
		patched, err := patch.Apply(bytesOf(args[0]))
		return string(patched), err
	}
	calls["field-set"] = func(args []string) (any, error) {
		var set fieldpath.Set
		if err := set.FromJSON(bytes.NewReader(bytesOf(args[0]))); err != nil {
			return nil, err
		}
		text, err := set.ToJSON()
		if err != nil {
			return nil, err
		}
		paths := []string{}
		set.Iterate(func(path fieldpath.Path) { paths = append(paths, path.String()) })
		leaves, err := set.Leaves().ToJSON()
		return []any{string(text), paths, string(leaves)}, err
	}
	calls["managed-fields"] = func(args []string) (any, error) {
		object := &unstructured.Unstructured{}
		if err := json.Unmarshal(bytesOf(args[0]), &object.Object); err != nil {
			return nil, err
		}
		patch, err := csaupgrade.UpgradeManagedFieldsPatch(object, sets.New("helm"), "pintle")
		if err != nil || patch == nil {
			return nil, err
		}
		return fmt.Sprintf("%s", patch), nil
	}
}
