package sandbox_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestOnlyListedNamesAreAnsweredBesideLoopback(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{AllowHosts: []string{"Sandbox.test", "10.1.2.3", "2001:db8::1"}})
	for host, status := range map[string]int{
		"sandbox.test":         200,
		"SANDBOX.test.:8080":   200,
		"10.1.2.3:80":          200,
		"[2001:db8::1]:80":     200,
		"localhost":            200,
		"other.test":           421,
		"sandbox.test.evil":    421,
		"evil.sandbox.test:80": 421,
	} {
		if a := m.call("GET", webhooksPath, "", header{"Host": host}); a.status != status {
			t.Errorf("Host %s: %d, want %d; %s", host, a.status, status, a.body)
		}
	}
	a := m.call("GET", webhooksPath, "", header{"Host": "sandbox.test", "Origin": "http://sandbox.test"})
	a.want(t, http.StatusOK)
	a = m.call("GET", webhooksPath, "", header{"Host": "sandbox.test", "Origin": "https://sandbox.test"})
	a.want(t, http.StatusForbidden)
}

func TestOutsideLoopbackItNeedsANameAndHasItsURLByIt(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(context.Background(), sandbox.Options{Addr: "0.0.0.0:0"})
	if err == nil {
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "--allow-host") {
		t.Errorf("without a name: %v", err)
	}
	s, err = sandbox.Start(context.Background(), sandbox.Options{Addr: "0.0.0.0:0", AllowHosts: []string{"sandbox.test"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.HasPrefix(s.URL(), "http://sandbox.test:") {
		t.Errorf("URL %s", s.URL())
	}
}

// trusting is a client that knows only the authority.
func trusting(t *testing.T, a *sandbox.Authority) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(a.CertificatePEM()) {
		t.Fatal("the certificate is no PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func TestHTTPSIsServedWithACertificateOfItsOwnAuthority(t *testing.T) {
	t.Parallel()
	authority, err := sandbox.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, err := sandbox.Start(context.Background(), sandbox.Options{Authority: authority, AllowHosts: []string{"sandbox.test"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := &merchant{t: t, s: s, http: trusting(t, authority)}
	m.token = m.login().text(t, "access_token")
	if got := m.create("over-https").text(t, "redirectUrl"); !strings.HasPrefix(got, "https://127.0.0.1:") {
		t.Errorf("redirectUrl %s", got)
	}
	m.call("GET", webhooksPath, "", header{"Origin": s.URL()}).want(t, http.StatusOK)
	m.call("GET", webhooksPath, "", header{"Origin": strings.Replace(s.URL(), "https", "http", 1)}).want(t, http.StatusForbidden)
	for _, name := range []string{"localhost", "sandbox.test", "shop.localhost", "::1"} {
		checkName(t, s, m.http, name)
	}
	plain := http.Client{Timeout: 10 * time.Second}
	defer plain.CloseIdleConnections()
	if res, err := plain.Get(s.URL()); err == nil {
		_ = res.Body.Close()
		t.Error("a client that does not know the authority was content")
	}
}

// checkName holds the certificate against a name.
func checkName(t *testing.T, s *sandbox.Server, trust *http.Client, name string) {
	t.Helper()
	config := trust.Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = name
	conn, err := tls.Dial("tcp", strings.TrimPrefix(s.URL(), "https://"), config)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	_ = conn.Close()
}

func TestAnAuthorityIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	a, err := sandbox.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := a.KeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	b, err := sandbox.ParseAuthority(a.CertificatePEM(), key)
	if err != nil {
		t.Fatal(err)
	}
	if string(b.CertificatePEM()) != string(a.CertificatePEM()) || !b.Until().Equal(a.Until()) {
		t.Error("another certificate")
	}
	s, err := sandbox.Start(context.Background(), sandbox.Options{Authority: b})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	res, err := trusting(t, a).Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if _, err := sandbox.ParseAuthority(a.CertificatePEM(), []byte("no key")); err == nil {
		t.Error("an authority without a key was read")
	}
}

func TestRemoteCallbacksAreCalledOnlyWhereThatIsAllowed(t *testing.T) {
	t.Parallel()
	outside := outsideReceiver(t)
	m := start(t, sandbox.Options{})
	body := `{"url":"` + outside.URL + `","events":["epayments.payment.created.v1"]}`
	a := m.call("POST", webhooksPath, body)
	if a.want(t, http.StatusBadRequest); !strings.Contains(a.problem(t).field("url"), "--allow-remote-callbacks") {
		t.Errorf("the refusal says %s", a.body)
	}
	m = start(t, sandbox.Options{AllowRemoteCallbacks: true})
	_, secret := m.register(outside.URL, "created")
	m.create("remote-callback").want(t, http.StatusCreated)
	outside.next(t).verify(t, secret)
}

// outsideReceiver listens on an address of this machine that is not loopback.
func outsideReceiver(t *testing.T) *receiver {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Skip(err)
	}
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || !p.Addr().Is4() || p.Addr().IsLoopback() {
			continue
		}
		ln, err := net.Listen("tcp", net.JoinHostPort(p.Addr().String(), "0"))
		if err != nil {
			continue
		}
		r := receive(t, nil)
		proxy := &http.Server{Handler: r.Config.Handler, ReadHeaderTimeout: time.Second}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = proxy.Serve(ln)
		}()
		t.Cleanup(func() {
			_ = proxy.Close()
			<-done
		})
		r.URL = (&url.URL{Scheme: "http", Host: ln.Addr().String()}).String()
		return r
	}
	t.Skip("this machine has only loopback")
	return nil
}
