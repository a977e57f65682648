package tunnel

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"syscall"
)

// openLoopback listens on this machine, for Local and Own.
func openLoopback(ctx context.Context, o Options, progress func(string)) (net.Listener, string, error) {
	var base string
	if o.Kind == Own {
		var bad *Error
		if base, bad = publicBase(o.PublicURL); bad != nil {
			return nil, "", bad
		}
	}
	addr := o.listenAddr()
	progress("Listening on " + addr)
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		if ctx.Err() != nil {
			return nil, "", ended(ctx)
		}
		return nil, "", listenError(addr, err)
	}
	// A hosts file may lead "localhost" anywhere.
	bound, ok := ln.Addr().(*net.TCPAddr)
	if !ok || !bound.IP.IsLoopback() {
		_ = ln.Close()
		return nil, "", checkListenAddr(ln.Addr().String())
	}
	if o.Kind == Local {
		base = "http://" + bound.String()
	}
	return ln, base, nil
}

// listenError explains why an address cannot be listened on.
func listenError(addr string, err error) *Error {
	_, port, _ := net.SplitHostPort(addr)
	e := &Error{
		What:  "The tunnel cannot listen on " + strconv.Quote(addr) + ".",
		Cause: "The system says: " + oneLine(err.Error()) + ".",
		Do:    "Choose another address with --listen-addr, such as " + defaultLocalAddr + " for any free port.",
		Err:   err,
	}
	switch {
	case inUse(err):
		e.What = "Port " + port + " is in use: the tunnel cannot listen on " + addr + "."
		e.Cause = "Another program, perhaps another kvikk, listens there."
		e.Do = "Stop that program, or choose another port with --listen-addr (and point your proxy at it)."
	case errors.Is(err, os.ErrPermission):
		e.Cause = "Port " + port + " is reserved for the administrator."
		e.Do = "Choose a port above 1023 with --listen-addr."
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		e.Cause = "This machine has no such address."
	}
	return e
}

// windowsInUse is WSAEADDRINUSE, which package syscall does not name.
const windowsInUse syscall.Errno = 10048

func inUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsInUse)
}
