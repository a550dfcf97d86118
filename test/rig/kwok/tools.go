//go:build tools

// Package tools names the program that simulates nodes, which needs other versions than the control plane.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"
