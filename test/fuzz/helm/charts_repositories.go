package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v4/internal/urlutil"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	_ "helm.sh/helm/v4/pkg/downloader"
	"helm.sh/helm/v4/pkg/registry"
	"helm.sh/helm/v4/pkg/repo/v1"
)

//go:linkname loadIndex helm.sh/helm/v4/pkg/repo/v1.loadIndex
func loadIndex(data []byte, source string) (*repo.IndexFile, error)

//go:linkname versionEquals helm.sh/helm/v4/pkg/downloader.versionEquals
func versionEquals(a, b string) bool

func init() {
	calls["index-read"] = func(args []string) (any, error) {
		index, err := loadIndex(bytesOf(args[0]), "x")
		if err != nil {
			return nil, err
		}
		out := map[string]any{"apiVersion": index.APIVersion, "publicKeys": index.PublicKeys, "annotations": index.Annotations}
		if len(index.PublicKeys) == 0 {
			out["publicKeys"] = []string{}
		}
		if len(index.Annotations) == 0 {
			out["annotations"] = map[string]string{}
		}
		out["yaml"], err = indexYAML(index)
		return out, err
	}
	calls["index-merge"] = func(args []string) (any, error) {
		first, err := loadIndex(bytesOf(args[0]), "x")
		if err != nil {
			return nil, err
		}
		second, err := loadIndex(bytesOf(args[1]), "x")
		if err != nil {
			return nil, err
		}
		if first.Entries == nil {
			first.Entries = map[string]repo.ChartVersions{}
		}
		first.Merge(second)
		first.SortEntries()
		first.Generated = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		return indexYAML(first)
	}
	calls["repositories-file"] = repositoriesFile
	calls["chart-url"] = func(args []string) (any, error) {
		base, reference := string(bytesOf(args[0])), ""
		if len(args) > 1 {
			reference = string(bytesOf(args[1]))
		}
		resolved, err := repo.ResolveReferenceURL(base, reference)
		if err != nil {
			return nil, err
		}
		joined, err := urlutil.URLJoin(base, reference)
		if err != nil {
			joined = filepath.Join(base, reference)
		}
		return map[string]any{"joined": joined, "same": urlutil.Equal(base, reference), "url": resolved}, nil
	}
	calls["version-choice"] = versionChoice
}

// indexYAML is of what an index has beside its head.
func indexYAML(index *repo.IndexFile) (string, error) {
	index.APIVersion, index.PublicKeys, index.Annotations, index.ServerInfo = "v1", nil, nil, nil
	if index.Entries == nil {
		index.Entries = map[string]repo.ChartVersions{}
	}
	for name, versions := range index.Entries {
		if versions == nil {
			index.Entries[name] = repo.ChartVersions{}
		}
	}
	return asYAML(index)
}

// repositoriesFile leaves out entries that are null.
func repositoriesFile(args []string) (any, error) {
	file, err := os.CreateTemp("", "fuzz")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	if _, err := file.Write(bytesOf(args[0])); err != nil {
		return nil, err
	}
	file.Close()
	loaded, err := repo.LoadFile(file.Name())
	if err != nil {
		return nil, err
	}
	entries := []*repo.Entry{}
	for _, one := range loaded.Repositories {
		if one != nil {
			entries = append(entries, one)
		}
	}
	loaded.Repositories = entries
	return asYAML(loaded)
}

// versionChoice takes a constraint, then versions.
func versionChoice(args []string) (any, error) {
	wanted, versions := string(bytesOf(args[0])), []string{}
	for _, arg := range args[1:] {
		versions = append(versions, string(bytesOf(arg)))
	}
	told := func(version string, err error) string {
		if err != nil {
			return "error " + err.Error()
		}
		return version
	}
	index := repo.NewIndexFile()
	index.Entries["web"] = repo.ChartVersions{}
	for _, version := range versions {
		if _, err := semver.NewVersion(version); err == nil {
			one := &repo.ChartVersion{Metadata: &chart.Metadata{Name: "web", Version: version}}
			index.Entries["web"] = append(index.Entries["web"], one)
		}
	}
	found, err := index.Get("web", wanted)
	if err != nil {
		found = &repo.ChartVersion{Metadata: &chart.Metadata{}}
	}
	tag, tagErr := registry.GetTagMatchingVersionOrConstraint(versions, wanted)
	first := ""
	if len(versions) > 0 {
		first = versions[0]
	}
	return []string{
		told(found.Version, err),
		told(tag, tagErr),
		told(firstMatch(wanted, versions)),
		fmt.Sprint(versionEquals(wanted, first)),
	}, nil
}

// firstMatch is the inner part of resolver.Resolve.
func firstMatch(wanted string, versions []string) (string, error) {
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return "", fmt.Errorf("dependency %q has an invalid version/constraint format: %w", "a", err)
	}
	for _, version := range versions {
		if v, err := semver.NewVersion(version); err == nil && constraint.Check(v) {
			return v.Original(), nil
		}
	}
	return "-", nil
}
