package main

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"sort"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"helm.sh/helm/v4/pkg/provenance"
)

func init() {
	calls["cleartext"] = func(args []string) (any, error) {
		block, _ := clearsign.Decode(bytesOf(args[0]))
		if block == nil {
			return nil, nil
		}
		signature, err := io.ReadAll(block.ArmoredSignature.Body)
		if err != nil {
			return nil, err
		}
		return map[string][]byte{"plain": some(block.Plaintext), "signed": some(block.Bytes), "signature": some(signature)}, nil
	}
	calls["armor"] = func(args []string) (any, error) {
		block, err := armor.Decode(bytes.NewReader(bytesOf(args[0])))
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(block.Body)
		if err != nil {
			return nil, err
		}
		return map[string][]byte{"type": some([]byte(block.Type)), "bytes": some(body)}, nil
	}
	calls["keyring"] = keyring
	calls["signature-packet"] = signaturePacket
	calls["verify"] = verify
	calls["sums"] = func(args []string) (any, error) {
		sums := provenance.SumCollection{}
		if err := provenance.ParseMessageBlock(bytesOf(args[0]), nil, &sums); err != nil {
			return nil, err
		}
		if sums.Files == nil {
			sums.Files = map[string]string{}
		}
		return sums.Files, nil
	}
	calls["pem"] = func(args []string) (any, error) {
		block, _ := pem.Decode(bytesOf(args[0]))
		if block == nil {
			return nil, nil
		}
		return map[string][]byte{"type": some([]byte(block.Type)), "bytes": some(block.Bytes)}, nil
	}
	calls["certificate"] = func(args []string) (any, error) {
		parsed, err := x509.ParseCertificate(bytesOf(args[0]))
		if err != nil {
			return nil, err
		}
		return map[string][]byte{"subject": some(parsed.RawSubject), "subjectKeyId": some(parsed.SubjectKeyId)}, nil
	}
}

// some is the bytes, and never nil, which would be null.
func some(data []byte) []byte {
	return append([]byte{}, data...)
}

func keyring(args []string) (any, error) {
	entities, err := openpgp.ReadKeyRing(bytes.NewReader(bytesOf(args[0])))
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, entity := range entities {
		names, subkeys := []string{}, []string{}
		for name := range entity.Identities {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, subkey := range entity.Subkeys {
			subkeys = append(subkeys, hex.EncodeToString(subkey.PublicKey.Fingerprint))
		}
		out = append(out, map[string]any{
			"fingerprint": hex.EncodeToString(entity.PrimaryKey.Fingerprint),
			"names":       names,
			"subkeys":     subkeys,
		})
	}
	return out, nil
}

func signaturePacket(args []string) (any, error) {
	body := bytesOf(args[0])
	size := len(body)
	head := []byte{0xc2, 0xff, byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}
	read, err := packet.Read(bytes.NewReader(append(head, body...)))
	if err != nil {
		return nil, err
	}
	signature, ok := read.(*packet.Signature)
	if !ok {
		return nil, errors.New("no signature")
	}
	lifetime := uint32(0)
	if signature.SigLifetimeSecs != nil {
		lifetime = *signature.SigLifetimeSecs
	}
	return map[string]int64{
		"version":  int64(signature.Version),
		"type":     int64(signature.SigType),
		"created":  signature.CreationTime.Unix(),
		"lifetime": int64(lifetime),
	}, nil
}

// verify takes a file's name, its content, the provenance file and a keyring.
func verify(args []string) (any, error) {
	ring, err := os.CreateTemp("", "fuzz")
	if err != nil {
		return nil, err
	}
	defer os.Remove(ring.Name())
	ring.Write(bytesOf(args[3]))
	ring.Close()
	signatory, err := provenance.NewFromKeyring(ring.Name(), "")
	if err != nil {
		return nil, err
	}
	verified, err := signatory.Verify(bytesOf(args[1]), bytesOf(args[2]), args[0])
	if err != nil {
		return nil, err
	}
	return hex.EncodeToString(verified.SignedBy.PrimaryKey.Fingerprint), nil
}
