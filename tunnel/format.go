package tunnel

import (
	"fmt"
	"io"
)

// Format prints the tunnel by its kind and public URL alone, for every verb:
// fmt reads the fields of a struct past the methods that would hide a secret
// in them.
func (t *Tunnel) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "tunnel.Tunnel("+string(t.kind)+" "+t.URL()+")")
}

// Format prints the link by the service that it leads to; its options hold the
// authtoken.
func (l *link) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "tunnel.link("+l.o.service()+")")
}

// Format prints no field: the SDK's agent holds the authtoken.
func (s *session) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "tunnel.session") }
