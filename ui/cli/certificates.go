package cli

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kvikk/api/sandbox"
)

// callbackCAs returns the system's roots and those of a PEM file.
func callbackCAs(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the callbacks' CA: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a system that has no list of its own
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read the callbacks' CA: %s holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", path)
	}
	return roots, nil
}

// authority is that of an https sandbox: a new one for each run, or the one
// that the state directory keeps. It is refused when publish could not write its
// certificate without harm.
func (f *sandboxFlags) authority(now time.Time) (*sandbox.Authority, error) {
	if err := ownCertificate(f.caFile); err != nil {
		return nil, err
	}
	return f.keptAuthority(now)
}

// publish writes the certificate of an https sandbox to the file that the flag
// names. It is done once the sandbox serves: one that cannot start must not
// replace the certificate of one that runs.
func (f *sandboxFlags) publish(a *sandbox.Authority) error {
	if a == nil {
		return nil
	}
	if err := replaceFile(f.caFile, a.CertificatePEM()); err != nil {
		return &UsageError{Err: err}
	}
	return nil
}

// authorityMargin is how much longer a kept authority has to be good for.
const authorityMargin = 30 * 24 * time.Hour

func (f *sandboxFlags) keptAuthority(now time.Time) (*sandbox.Authority, error) {
	if f.StateDir == "" {
		return sandbox.NewAuthority(now)
	}
	certificate, key := filepath.Join(f.StateDir, "ca.pem"), filepath.Join(f.StateDir, "ca-key.pem")
	certificateText, errCertificate := os.ReadFile(certificate)
	keyText, errKey := os.ReadFile(key)
	if errCertificate == nil && errKey == nil {
		a, err := sandbox.ParseAuthority(certificateText, keyText)
		if err != nil {
			return nil, fmt.Errorf("%w; delete %s and %s to have new ones made, which clients have to trust anew", err, certificate, key)
		}
		if now.Add(authorityMargin).Before(a.Until()) {
			return a, nil
		}
	}
	a, err := sandbox.NewAuthority(now)
	if err != nil {
		return nil, err
	}
	if keyText, err = a.KeyPEM(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.StateDir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state directory: %w", err)
	}
	return a, errors.Join(replaceFile(key, keyText), replaceFile(certificate, a.CertificatePEM()))
}

// ownCertificate reports whether path may be overwritten: it does not exist,
// or an earlier run has written it.
func ownCertificate(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the CA's file: %w", err)
	}
	block, rest := pem.Decode(text)
	if block != nil && len(bytes.TrimSpace(rest)) == 0 {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil && cert.Subject.CommonName == sandbox.AuthorityName {
			return nil
		}
	}
	return fmt.Errorf("%s exists and is not the certificate of a kvikk sandbox; name another file", path)
}

// replaceFile writes a file so that a reader sees the old or the new whole.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}
