package inbox_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kvikk/api/secret"
	"kvikk/tunnel/inbox"
)

// childFile, in the environment, makes the test binary a second kvikk.
const childFile = "KVIKK_INBOX_TEST_CHILD"

// child claims a registration, says so and waits to be killed.
func child(path string) int {
	b, err := inbox.Open(context.Background(), inbox.Options{Path: path})
	if err == nil {
		err = b.Claim(context.Background(), inbox.Registration{Token: "the-childs-token", APIURL: apiURL, MSN: msn})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("claimed")
	_, _ = bufio.NewReader(os.Stdin).ReadByte() // until the parent is gone, at the latest
	return 0
}

func tokens(list []inbox.Registration) []string {
	var all []string
	for _, r := range list {
		all = append(all, r.Token)
	}
	slices.Sort(all)
	return all
}

func leftovers(t *testing.T, b *inbox.Inbox) []string {
	t.Helper()
	list, err := b.Leftovers(t.Context(), apiURL, msn)
	if err != nil {
		t.Fatal(err)
	}
	return tokens(list)
}

func claim(t *testing.T, b *inbox.Inbox, r inbox.Registration) {
	t.Helper()
	r.APIURL, r.MSN = apiURL, msn
	if err := b.Claim(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func TestARegistrationComesBackAsItWasClaimed(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	want := inbox.Registration{
		Token: inbox.NewToken(), URL: "https://hooks.example/hooks/x", APIURL: apiURL, MSN: msn, Keep: true,
		Events: []string{"epayments.payment.created.v1", "user.checked-in.v1"}, CreatedAt: noon().Local(),
	}
	claim(t, b, want)
	if err := b.Activate(t.Context(), want.Token, "id-7", secret.New(key)); err != nil {
		t.Fatal(err)
	}
	want.ID = "id-7"
	got, err := b.Journaled(t.Context(), apiURL, msn)
	if diff := cmp.Diff([]inbox.Registration{want}, got); diff != "" || err != nil {
		t.Errorf("Journaled() error %v, -want +got\n%s", err, diff)
	}
	if diff := cmp.Diff([]inbox.Registration{want}, b.Mine()); diff != "" {
		t.Errorf("Mine() -want +got\n%s", diff)
	}
	for _, other := range [][2]string{{"http://127.0.0.1:1", msn}, {apiURL, "999999"}} {
		if got, err := b.Journaled(t.Context(), other[0], other[1]); err != nil || len(got) != 0 {
			t.Errorf("Journaled(%v) = %v, %v", other, got, err)
		}
	}
}

func TestTheLifeOfARegistration(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	path := d.token
	status := func() int {
		got, _ := d.send(d.signed(payload))
		return got
	}
	if got := status(); got != http.StatusOK {
		t.Errorf("active: %d", got)
	}
	if err := d.Release(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusOK {
		t.Errorf("released, and still under way: %d", got)
	}
	if got := d.Mine(); len(got) != 0 {
		t.Errorf("released ones are still mine: %v", got)
	}

	d.token = inbox.NewToken()
	d.url = "https://hooks.example/" + d.token
	if got := status(); got != http.StatusNotFound {
		t.Errorf("unknown: %d", got)
	}
	claim(t, d.Inbox, inbox.Registration{Token: d.token, URL: d.url})
	if got := status(); got != http.StatusServiceUnavailable {
		t.Errorf("claimed: %d", got)
	}
	if err := d.Release(t.Context(), d.token); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusNotFound {
		t.Errorf("claimed and never made: %d", got)
	}
}

func TestEachRegistrationHasItsOwnSecret(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	other := inbox.NewToken()
	claim(t, d.Inbox, inbox.Registration{Token: other, URL: d.url})
	if err := d.Activate(t.Context(), other, "id-2", secret.New("another secret")); err != nil {
		t.Fatal(err)
	}
	r := d.signed(payload)
	r.URL.Path = "/hooks/" + other
	if status, _ := d.send(r); status != http.StatusUnauthorized {
		t.Errorf("the answer is %d", status)
	}
	if w := newest(t, d.Inbox); w.RegistrationID != "id-2" || !strings.Contains(w.Problem, "another secret") {
		t.Errorf("kept for %s: %s", w.RegistrationID, w.Problem)
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	path := file(t)
	gone, living, here := open(t, path), open(t, path), open(t, path)
	claim(t, gone, inbox.Registration{Token: "left-over"})
	claim(t, gone, inbox.Registration{Token: "to-be-kept", Keep: true})
	claim(t, gone, inbox.Registration{Token: "released"})
	claim(t, living, inbox.Registration{Token: "a-living-ones"})
	claim(t, here, inbox.Registration{Token: "my-own-one"})
	if err := gone.Release(t.Context(), "released"); err != nil {
		t.Fatal(err)
	}
	if got := leftovers(t, here); got != nil {
		t.Errorf("while all live there are leftovers: %v", got)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"left-over"}, leftovers(t, here)); diff != "" {
		t.Errorf("after one has gone, -want +got\n%s", diff)
	}
	if err := here.Release(t.Context(), "left-over"); err != nil {
		t.Fatal(err)
	}
	if got := leftovers(t, here); got != nil {
		t.Errorf("after it was deleted there are leftovers: %v", got)
	}
	all, err := here.Journaled(t.Context(), apiURL, msn)
	if want := []string{"a-living-ones", "left-over", "my-own-one", "released", "to-be-kept"}; err != nil || !slices.Equal(tokens(all), want) {
		t.Errorf("Journaled() = %v, %v", tokens(all), err)
	}
}

func TestOnAnotherHostTheLeaseDecides(t *testing.T) {
	t.Parallel()
	path := file(t)
	there, here := open(t, path), open(t, path)
	claim(t, there, inbox.Registration{Token: "far-away"})
	for until, want := range map[string][]string{
		fmt.Sprint(noon().UnixNano() + 1): nil,
		fmt.Sprint(noon().UnixNano()):     {"far-away"},
	} {
		if err := here.Exec(t.Context(), "UPDATE owner SET host = 'elsewhere', lease_until = "+until); err != nil {
			t.Fatal(err)
		}
		if got := leftovers(t, here); !slices.Equal(got, want) {
			t.Errorf("with a lease until %s: %v, want %v", until, got, want)
		}
	}
}

func TestADeadProcessIsKnownAtOnce(t *testing.T) {
	t.Parallel()
	path := file(t)
	here := open(t, path)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childFile+"="+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "claimed\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	if got := leftovers(t, here); got != nil {
		t.Errorf("while it lives there are leftovers: %v", got)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it ended well")
	}
	if got := leftovers(t, here); !slices.Equal(got, []string{"the-childs-token"}) {
		t.Errorf("after it was killed: %v", got)
	}
}

func TestClaimsThatAreRefused(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	claim(t, b, inbox.Registration{Token: "taken-already"})
	for name, token := range map[string]string{"no token": "", "a slash": "abcdefgh/i", "an escape": "abcdefg%20", "too short": "abc", "the same again": "taken-already"} {
		if err := b.Claim(t.Context(), inbox.Registration{Token: token}); err == nil {
			t.Errorf("%s: it was claimed", name)
		}
	}
	if err := b.Activate(t.Context(), "never-claimed", "id", secret.New(key)); !errors.Is(err, inbox.ErrNotClaimed) {
		t.Errorf("Activate() = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Claim(ctx, inbox.Registration{Token: inbox.NewToken()}); !errors.Is(err, context.Canceled) {
		t.Errorf("Claim() with a context that has ended = %v", err)
	}
}

func TestTokensAreUnguessable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		token := inbox.NewToken()
		if len(token) < 26 || seen[token] || strings.ContainsFunc(token, func(c rune) bool { return (c < 'A' || c > 'Z') && (c < '0' || c > '9') }) {
			t.Fatalf("NewToken() = %q", token)
		}
		seen[token] = true
	}
}

func TestPrintingAnInboxShowsNoSecret(t *testing.T) {
	t.Parallel()
	path := file(t)
	b := open(t, path)
	claim(t, b, inbox.Registration{Token: "printed-token"})
	if err := b.Activate(t.Context(), "printed-token", "id", secret.New("hunter2hunter2")); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("inbox.Inbox(%q)", path)
	for _, text := range []string{fmt.Sprintf("%v", b), fmt.Sprintf("%+v", b), fmt.Sprintf("%#v", b), fmt.Sprint(b)} {
		if text != want {
			t.Errorf("printed as %s, want %s", text, want)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("printed", "inbox", b)
	if strings.Contains(log.String(), "hunter2") || !strings.Contains(log.String(), "inbox.Inbox(") {
		t.Errorf("logged as %s", &log)
	}
}
