package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"k8s.io/client-go/plugin/pkg/client/auth/exec"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/transport"
)

func init() {
	calls["kubeconfig"] = func(args []string) (any, error) {
		config, err := clientcmd.Load(bytesOf(args[0]))
		if err != nil {
			return nil, err
		}
		return shownConfig(config), nil
	}
	calls["exec-credential"] = execCredential
}

func shownConfig(config *api.Config) any {
	clusters, users, contexts := map[string]any{}, map[string]any{}, map[string]any{}
	for name, c := range config.Clusters {
		clusters[name] = []any{c.Server, c.TLSServerName, c.InsecureSkipTLSVerify, c.CertificateAuthority, c.CertificateAuthorityData, c.ProxyURL, c.DisableCompression}
	}
	for name, u := range config.AuthInfos {
		extra := map[string][]string{}
		for key, values := range u.ImpersonateUserExtra {
			extra[key] = textList(values)
		}
		var provider, program any
		if u.AuthProvider != nil {
			provider = []any{u.AuthProvider.Name, u.AuthProvider.Config}
		}
		if u.Exec != nil {
			env := []any{}
			for _, e := range u.Exec.Env {
				env = append(env, []string{e.Name, e.Value})
			}
			program = []any{u.Exec.Command, textList(u.Exec.Args), env, u.Exec.APIVersion, u.Exec.InstallHint, u.Exec.ProvideClusterInfo, u.Exec.InteractiveMode}
		}
		users[name] = []any{u.ClientCertificate, u.ClientCertificateData, u.ClientKey, u.ClientKeyData, u.Token, u.TokenFile, u.Impersonate,
			u.ImpersonateUID, textList(u.ImpersonateGroups), extra, u.Username, u.Password, provider, program}
	}
	for name, c := range config.Contexts {
		contexts[name] = []any{c.Cluster, c.AuthInfo, c.Namespace}
	}
	return []any{clusters, users, contexts, config.CurrentContext}
}

var execFolder = filepath.Join(os.TempDir(), "pintle-fuzz-"+strconv.Itoa(os.Getpid()))
var execAsked int

// noServer answers every request and keeps its credentials.
type noServer struct{ authorization string }

func (s *noServer) RoundTrip(request *http.Request) (*http.Response, error) {
	s.authorization = request.Header.Get("Authorization")
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// execCredential asks a program that prints the argument for credentials, as client-go does.
func execCredential(args []string) (any, error) {
	if err := os.MkdirAll(execFolder, 0o700); err != nil {
		return nil, err
	}
	execAsked++
	file := filepath.Join(execFolder, strconv.Itoa(execAsked))
	if err := os.WriteFile(file, bytesOf(args[0]), 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(file)
	program, err := exec.GetAuthenticator(&api.ExecConfig{
		Command: "/bin/cat", Args: []string{file}, APIVersion: args[1], InteractiveMode: api.NeverExecInteractiveMode,
		StdinUnavailable: true,
	}, nil)
	if err != nil {
		return nil, err
	}
	server := &noServer{}
	config := &transport.Config{}
	if err := program.UpdateTransportConfig(config); err != nil {
		return nil, err
	}
	request, _ := http.NewRequest(http.MethodGet, "https://server/", nil)
	if _, err := config.WrapTransport(server).RoundTrip(request); err != nil {
		return nil, err
	}
	return server.authorization, nil
}
