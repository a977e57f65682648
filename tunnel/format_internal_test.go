package tunnel

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"kvikk/api/secret"
)

func TestPrintingShowsNoAuthtoken(t *testing.T) {
	t.Parallel()
	o := Options{Kind: Ngrok, Authtoken: secret.New("2printedTESTtoken"), ConnectURL: "127.0.0.1:1", Guard: func() {}}
	l := &link{o: o, redactor: newRedactor(o.authtoken())}
	s, err := newSession(sessionOptions{Options: o, logger: slog.New(slog.DiscardHandler), deliver: l.deliver})
	if err != nil {
		t.Fatal(err)
	}
	defer s.cancel()
	tun := &Tunnel{kind: Ngrok, ln: l, status: Status{URL: "https://a.ngrok.app"}}
	for want, v := range map[string]any{
		"tunnel.Tunnel(ngrok https://a.ngrok.app)": tun, "tunnel.link(127.0.0.1:1)": l, "tunnel.session": s,
	} {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("printed", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("printed", "v", v)
		for _, text := range []string{fmt.Sprintf("%v", v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), fmt.Sprint([]any{v})} {
			if strings.Trim(text, "[]") != want {
				t.Errorf("printed as %s, want %s", text, want)
			}
		}
		if strings.Contains(log.String(), "2printed") || !strings.Contains(log.String(), want) {
			t.Errorf("logged as %s", &log)
		}
	}
}
