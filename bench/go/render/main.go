// Command render renders charts in one process with Helm's own packages: what Pintle's engine is measured against.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

// render reads paths of chart archives, a line each, renders each chart as often as asked for in this process, and
// answers with the median of the milliseconds and the number of bytes that came out.
func render(in io.Reader, out io.Writer, rounds int) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		archive, err := os.ReadFile(lines.Text())
		if err != nil {
			return err
		}
		var took []float64
		size := 0
		for range rounds {
			begin := time.Now()
			if size, err = renderOnce(archive); err != nil {
				return fmt.Errorf("%s: %w", lines.Text(), err)
			}
			took = append(took, float64(time.Since(begin).Microseconds())/1000)
		}
		slices.Sort(took)
		text, err := json.Marshal(map[string]any{"path": lines.Text(), "median": took[len(took)/2], "bytes": size})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", text)
	}
	return lines.Err()
}

// renderOnce goes the way of `helm template`: from the bytes of an archive to sorted manifests.
func renderOnce(archive []byte) (int, error) {
	chart, err := loader.LoadArchive(bytes.NewReader(archive))
	if err != nil {
		return 0, err
	}
	values := map[string]any{}
	if err := chartutil.ProcessDependencies(chart, values); err != nil {
		return 0, err
	}
	release := common.ReleaseOptions{Name: "bench", Namespace: "default", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(chart, values, release, common.DefaultCapabilities)
	if err != nil {
		return 0, err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return 0, err
	}
	for name := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return 0, err
	}
	size := 0
	for _, manifest := range manifests {
		size += len(manifest.Content)
	}
	for _, hook := range hooks {
		size += len(hook.Manifest)
	}
	return size, nil
}

func main() {
	rounds, err := strconv.Atoi(append(os.Args, "")[1])
	if err == nil && rounds > 0 {
		err = render(os.Stdin, os.Stdout, rounds)
	} else {
		err = fmt.Errorf("usage: render ROUNDS")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
