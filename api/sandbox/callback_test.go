package sandbox

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"testing"
	"time"
)

func TestOnlyLoopbackIsDialled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, addr := range []string{"192.0.2.1:80", "169.254.169.254:80", "[2001:db8::1]:443", "0.0.0.0:80"} {
		conn, err := new(callbackPolicy).dial(ctx, "tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		if !errors.Is(err, errNotLoopback) {
			t.Errorf("%s: %v, want it refused before it is dialled", addr, err)
		}
	}
}

func TestANameIsJudgedByTheAddressThatItLeadsTo(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9:80": true, "[::1]:80": true, "[::ffff:127.0.0.1]:80": true,
		"10.0.0.1:80": false, "[fe80::1%lo]:80": false, "nonsense": false,
	} {
		if err := onlyLoopback(context.Background(), "tcp", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTheTunnelIsDialledAtAnyAddressAndNothingElseIs(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", net.JoinHostPort(outsideAddress(t), "0"))
	if err != nil {
		t.Skip("cannot listen outside loopback:", err)
	}
	defer ln.Close()
	addr := ln.Addr().String()
	p := &callbackPolicy{}
	if conn, err := p.dial(context.Background(), "tcp", addr); err == nil {
		_ = conn.Close()
		t.Fatal("an address outside loopback was dialled without a tunnel")
	}
	p.allowTunnel("https://" + addr)
	conn, err := p.dial(context.Background(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	p.allowTunnel("https://tunnel.example")
	if conn, err := p.dial(context.Background(), "tcp", addr); err == nil {
		_ = conn.Close()
		t.Error("the former tunnel was dialled")
	}
}

// outsideAddress is an address of this machine that is not loopback.
func outsideAddress(t *testing.T) string {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Skip(err)
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			return p.Addr().String()
		}
	}
	t.Skip("this machine has only loopback")
	return ""
}

func TestADeliveryAsksAgainWhereItMayGo(t *testing.T) {
	t.Parallel()
	p := &callbackPolicy{}
	d := newCourier(p, nil, time.Second, time.Now)
	defer d.close()
	u, err := url.Parse("https://tunnel.example/hooks/x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.deliver(context.Background(), address{url: u}, message{}, tampering{}); !errors.Is(err, errNotLoopback) {
		t.Errorf("delivered to a tunnel that is no more: %v", err)
	}
	if d.transport.Proxy != nil {
		t.Error("deliveries go through a proxy")
	}
}
