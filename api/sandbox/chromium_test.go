package sandbox_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is a headless browser in which every test has a tab of its own.
type chromium struct{ ctx context.Context }

// openChromium starts the browser, with an empty profile that goes with it and
// without a way off this machine.
func openChromium(t *testing.T) chromium {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromiumPath(t)),
		chromedp.NoSandbox, // root has none, and the pages are our own
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
	)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return chromium{ctx}
}

// chromiumPath is where Chromium is; without one the test is skipped.
func chromiumPath(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("KVIKK_CHROMIUM"); named != "" {
		return named
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("skipped: there is no Chromium to open the payer's pages in; install chromium, or name one in KVIKK_CHROMIUM")
	return ""
}

// tab is a tab in a profile of its own. When its test ends, nothing may have
// been wrong on any of its pages.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

func (b chromium) tab(t *testing.T) *tab {
	t.Helper()
	x := &tab{t: t}
	ctx, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(x.listen))
	t.Cleanup(closeTab)
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stop)
	x.ctx = ctx
	x.do(chromedp.EmulateViewport(1280, 800))
	t.Cleanup(func() {
		for _, c := range x.complained() {
			t.Errorf("the browser complains: %s", c)
		}
	})
	return x
}

// listen collects what the browser's console would show, which is where a
// breach of the content security policy is told.
func (x *tab) listen(event any) {
	var complaint string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		complaint = fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
	case *runtime.EventExceptionThrown:
		complaint = "exception: " + e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		complaint = fmt.Sprintf("console %s", e.Type)
	default:
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.complaints = append(x.complaints, complaint)
}

// complained returns the complaints so far, and forgets them.
func (x *tab) complained() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := x.complaints
	x.complaints = nil
	return all
}

func (x *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	if err := chromedp.Do(x.ctx, steps...); err != nil {
		x.t.Fatal(err)
	}
}

func (x *tab) open(url string) {
	x.t.Helper()
	x.do(chromedp.Navigate(url))
}

// leads does what opens another page, and waits until that is there.
func (x *tab) leads(trigger chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	if _, err := chromedp.Run(x.ctx, chromedp.WaitEvent(cdp.LoadEventFired, nil, trigger)); err != nil {
		x.t.Fatal(err)
	}
}

// click presses the button or follows the link that has a text.
func (x *tab) click(text string) {
	x.t.Helper()
	x.leads(chromedp.Click(chromedp.Search(fmt.Sprintf(`//*[self::button or self::a][normalize-space()=%q]`, text))))
}

// at checks where the tab is.
func (x *tab) at(url string) {
	x.t.Helper()
	got, err := chromedp.Run(x.ctx, chromedp.Location())
	if err != nil || got != url {
		x.t.Fatalf("the tab is at %q, want %q (%v)", got, url, err)
	}
}

// reads checks that the page shows the texts, in one line each.
func (x *tab) reads(texts ...string) {
	x.t.Helper()
	got := strings.Join(strings.Fields(evaluate[string](x, `document.body.innerText`)), " ")
	for _, want := range texts {
		if !strings.Contains(got, want) {
			x.t.Errorf("the page does not say %q but: %s", want, got)
		}
	}
}

func evaluate[T any](x *tab, script string) T {
	x.t.Helper()
	v, err := chromedp.Run(x.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		x.t.Fatalf("%s: %v", script, err)
	}
	return v
}

// prefers makes the tab's reader prefer dark or light pages.
func (x *tab) prefers(scheme string) {
	x.t.Helper()
	if _, err := chromedp.Call(x.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		x.t.Fatal(err)
	}
}

// shop is a web page of another site, where payments begin and end.
func shop(t testing.TB, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>Shop</title><h1>Shop</h1>%s`, cmp.Or(body, "Welcome back"))
	}))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

// TestThePagesInChromium is one test of many, so that they share a browser.
func TestThePagesInChromium(t *testing.T) {
	t.Parallel()
	b := openChromium(t)
	for name, test := range map[string]func(*testing.T, *tab){
		"a tab notices what is wrong on a page":             aTabNotices,
		"a payer approves with the keyboard alone":          approveByKeyboard,
		"a payer declines":                                  declineByMouse,
		"a payer decides later":                             decideLater,
		"a payment expires while its page is open":          expireWhileOpen,
		"a refused payment can be tried again and declined": tryRefusedAgain,
		"a payer confirms once more":                        confirmOnceMore,
		"an approval without an answer":                     approveWithoutAnswer,
		"a payment on the phone":                            decideOnThePhone,
		"the phone looks by itself":                         lookByItself,
		"the sandbox's own return page":                     returnToTheSandbox,
		"a shop shows a QR code":                            showCodeInAShop,
		"a QR code opened by itself":                        openCodeByItself,
		"what a shop writes does nothing":                   writeScripts,
		"pages fit a phone":                                 fitAPhone,
		"pages have contrast":                               haveContrast,
		"pages can be heard":                                canBeHeard,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, b.tab(t))
		})
	}
}

func aTabNotices(t *testing.T, x *tab) {
	for _, wrong := range []string{
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><style>h1 { color: red }</style>`,
		`<script>console.log("hello")</script>`, `<script>throw new Error("oops")</script>`, `<img src="/missing" onerror="nothing()">`,
	} {
		x.open(shop(t, wrong))
		if got := x.complained(); len(got) == 0 {
			t.Errorf("nobody complains about %s", wrong)
		}
	}
}
