package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	_ "unsafe" // for go:linkname

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	_ "helm.sh/helm/v4/pkg/registry"
	orasregistry "oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
)

// reference is Helm's own type, field by field.
type reference struct {
	orasReference orasregistry.Reference
	Registry      string
	Repository    string
	Tag           string
	Digest        string
}

//go:linkname newReference helm.sh/helm/v4/pkg/registry.newReference
func newReference(raw string) (reference, error)

//go:linkname parseChallenge oras.land/oras-go/v2/registry/remote/auth.parseChallenge
func parseChallenge(header string) (auth.Scheme, map[string]string)

func init() {
	calls["oci-reference"] = func(args []string) (any, error) {
		read, err := newReference(string(bytesOf(args[0])))
		if err != nil {
			return nil, err
		}
		text := read.orasReference.String()
		if read.Tag == "" {
			text += "@" + read.Digest
		}
		return map[string]string{
			"registry": read.Registry, "repository": read.Repository, "tag": read.Tag, "digest": read.Digest, "text": text,
		}, nil
	}
	calls["oci-manifest"] = func(args []string) (any, error) {
		var read ocispec.Manifest
		if err := json.Unmarshal(bytesOf(args[0]), &read); err != nil {
			return nil, err
		}
		layers := []any{}
		for _, layer := range read.Layers {
			layers = append(layers, descriptor(layer))
		}
		return map[string]any{
			"mediaType": read.MediaType, "artifactType": read.ArtifactType, "config": descriptor(read.Config), "layers": layers,
			"manifests": []any{},
		}, nil
	}
	calls["oci-challenge"] = func(args []string) (any, error) {
		scheme, params := parseChallenge(string(bytesOf(args[0])))
		if params == nil {
			params = map[string]string{}
		}
		return map[string]any{"scheme": strings.ToLower(scheme.String()), "params": params}, nil
	}
	calls["docker-config"] = dockerConfig
	calls["url"] = func(args []string) (any, error) {
		text := string(bytesOf(args[0]))
		uri := ""
		if read, err := url.ParseRequestURI(text); err != nil {
			uri = err.Error()
		} else {
			uri = read.String()
		}
		read, err := url.Parse(text)
		if err != nil {
			return nil, err
		}
		out := describeURL(read)
		out["uri"] = uri
		return out, nil
	}
	calls["url-resolve"] = func(args []string) (any, error) {
		base, err := url.Parse(string(bytesOf(args[0])))
		if err != nil {
			return nil, err
		}
		ref, err := url.Parse(string(bytesOf(args[1])))
		if err != nil {
			return nil, err
		}
		return describeURL(base.ResolveReference(ref)), nil
	}
	calls["address"] = address
	calls["redirect"] = func(args []string) (any, error) {
		base, err := url.Parse(string(bytesOf(args[0])))
		if err != nil {
			return nil, err
		}
		next, err := base.Parse(string(bytesOf(args[1])))
		if err != nil {
			return nil, err
		}
		if next.Fragment == "" && base.Fragment != "" {
			next.Fragment, next.RawFragment = base.Fragment, base.RawFragment
		}
		return next.String(), nil
	}
}

func descriptor(read ocispec.Descriptor) any {
	annotations := read.Annotations
	if annotations == nil {
		annotations = map[string]string{}
	}
	return map[string]any{
		"mediaType": read.MediaType, "digest": read.Digest, "size": read.Size, "annotations": annotations,
	}
}

// dockerConfig asks for the credential of localhost:5000.
func dockerConfig(args []string) (any, error) {
	file, err := os.CreateTemp("", "fuzz")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	file.Write(bytesOf(args[0]))
	file.Close()
	store, err := credentials.NewFileStore(file.Name())
	if err != nil {
		return nil, named(err, file.Name())
	}
	found, err := store.Get(context.Background(), "localhost:5000")
	if err != nil {
		return nil, named(err, file.Name())
	}
	return map[string]string{
		"username": found.Username, "password": found.Password,
		"refreshToken": found.RefreshToken, "accessToken": found.AccessToken,
	}, nil
}

type renamed struct{ text string }

func (f renamed) Error() string { return f.text }

// named is the error with another name for the file.
func named(err error, file string) error {
	return renamed{strings.ReplaceAll(err.Error(), file, "PATH")}
}

func describeURL(read *url.URL) map[string]any {
	var user []any
	if read.User != nil {
		user = []any{read.User.Username(), nil}
		if password, ok := read.User.Password(); ok {
			user[1] = password
		}
	}
	out := map[string]any{
		"scheme": read.Scheme, "opaque": read.Opaque, "host": read.Host, "path": read.Path, "rawPath": read.RawPath,
		"rawQuery": read.RawQuery, "fragment": read.Fragment, "rawFragment": read.RawFragment,
		"forceQuery": read.ForceQuery, "omitHost": read.OmitHost, "user": user, "text": read.String(),
		"escaped": read.EscapedPath(), "hostname": read.Hostname(), "port": read.Port(),
	}
	return out
}

// address gives the bytes of net.ParseIP, and whether the net packages take it for a public one.
func address(args []string) (any, error) {
	text := string(bytesOf(args[0]))
	ip := net.ParseIP(text)
	if short := ip.To4(); short != nil {
		ip = short
	}
	public := false
	bare, _, _ := strings.Cut(text, "%")
	if read, err := netip.ParseAddr(bare); err == nil {
		read = read.Unmap()
		public = read.IsGlobalUnicast() && !read.IsPrivate()
	}
	return map[string]any{"bytes": hex.EncodeToString(ip), "public": public}, nil
}
