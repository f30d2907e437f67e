package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pair writes a certificate of that name, and its key.
func pair(t testing.TB, cert, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	like := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"front.localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, like, like, &private.PublicKey, private)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
}

// A renewed certificate is served within its minute, without a restart. One that does
// not load leaves the old one in use, and that is said; the next good one is served.
func TestRenewedCertificateIsServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	now, faults := time.Now(), 0
	pair(t, cert, key, "first")
	c, err := newCertificate(cert, key, func() time.Time { return now }, func(error) { faults++ })
	must(t, err)
	served := func(want string, faulty int) {
		t.Helper()
		got, err := c.get(nil)
		must(t, err)
		leaf, err := x509.ParseCertificate(got.Certificate[0])
		must(t, err)
		if leaf.Subject.CommonName != want || faults != faulty {
			t.Errorf("got the %s certificate and %d faults, want the %s and %d", leaf.Subject.CommonName, faults, want, faulty)
		}
	}
	served("first", 0)
	pair(t, cert, key, "second")
	now = now.Add(time.Minute)
	served("first", 0) // it has looked a moment ago
	now = now.Add(time.Millisecond)
	served("second", 0)

	must(t, os.WriteFile(key, []byte("half a ke"), 0o600))
	now = now.Add(61 * time.Second)
	served("second", 1)
	served("second", 1) // not tried again for each caller
	must(t, os.Remove(cert))
	now = now.Add(61 * time.Second)
	served("second", 2)
	pair(t, cert, key, "third")
	now = now.Add(61 * time.Second)
	served("third", 2)
}

func TestCertificateThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for range 2 {
		if _, err := newCertificate(cert, key, time.Now, func(error) {}); err == nil {
			t.Error("it was taken")
		}
		pair(t, cert, key, "one")
		must(t, os.WriteFile(key, nil, 0o600))
	}
}
